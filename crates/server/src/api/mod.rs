//! The interface for programs, `/api/v1`. Its description, OpenAPI 3.1, is made from what is written here and kept as a snapshot beside
//! the code (`openapi.json`), so that a change of the contract is seen in review.

mod access;
mod alerts;
mod assets;
mod attack;
mod blast;
mod changes;
mod channels;
mod comparison;
mod compliance;
mod decisions;
mod deliveries;
mod events;
mod findings;
mod fixes;
mod gaps;
mod hops;
mod journey;
mod keeping;
mod keys;
mod log;
mod me;
mod oidc;
mod people;
mod policies;
mod posture;
mod quality;
mod remediation;
mod sessions;
mod ships;
pub(crate) mod shown;
mod statements;
mod tokens;

use crate::app::App;
use crate::auth::Transport;
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Bartizan control plane",
        description = "Evidence in, answers out. Errors are problem details (RFC 9457), lists are read page by page.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    security(("token" = []), ("session" = []))
)]
struct Description;

/// Everything under `/api/v1`, and its description. Tiles are not in it: their paths are those of tlog-tiles.
pub(crate) fn router() -> (axum::Router<App>, Document) {
    let mut description = Description::openapi();
    let components = description.components.get_or_insert_default();
    components.add_security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    components.add_security_scheme(
        "session",
        SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
            Transport::Tls.cookie(),
            "Set by signing in. Everything but GET and HEAD sends the session's `csrf` in `x-bartizan-csrf` along.",
        ))),
    );
    OpenApiRouter::with_openapi(description)
        .routes(routes!(access::set_up))
        .routes(routes!(access::sign_in, access::who, sessions::sign_out))
        .routes(routes!(access::change_password))
        .routes(routes!(sessions::tenants))
        .routes(routes!(sessions::go_to))
        .routes(routes!(sessions::sign_out_everywhere))
        .routes(routes!(oidc::about))
        .routes(routes!(oidc::start))
        .routes(routes!(oidc::callback))
        .routes(routes!(me::me))
        .routes(routes!(tokens::make, tokens::list))
        .routes(routes!(tokens::revoke))
        .routes(routes!(people::add, people::list))
        .routes(routes!(people::change))
        .routes(routes!(people::link))
        .routes(routes!(statements::take, statements::list))
        .routes(routes!(statements::one))
        .routes(routes!(statements::body))
        .routes(routes!(keeping::forget))
        .routes(routes!(keeping::holds))
        .routes(routes!(keys::list))
        .routes(routes!(log::head))
        .routes(routes!(log::checkpoint))
        .routes(routes!(decisions::decide))
        .routes(routes!(policies::one))
        .routes(routes!(fixes::list))
        .routes(routes!(fixes::one))
        .routes(routes!(findings::list))
        .routes(routes!(findings::one))
        .routes(routes!(alerts::list))
        .routes(routes!(alerts::streams))
        .routes(routes!(assets::list))
        .routes(routes!(assets::one))
        .routes(routes!(assets::bills))
        .routes(routes!(quality::quality))
        .routes(routes!(ships::ships))
        .routes(routes!(comparison::compare))
        .routes(routes!(gaps::all))
        .routes(routes!(gaps::one))
        .routes(routes!(blast::blast))
        .routes(routes!(changes::list))
        .routes(routes!(changes::fixes))
        .routes(routes!(attack::paths))
        .routes(routes!(posture::posture))
        .routes(routes!(events::events))
        .routes(routes!(channels::make, channels::list))
        .routes(routes!(channels::change, channels::remove))
        .routes(routes!(channels::test))
        .routes(routes!(deliveries::list))
        .routes(routes!(deliveries::retry))
        .routes(routes!(compliance::frameworks))
        .routes(routes!(compliance::framework))
        .routes(routes!(compliance::controls))
        .routes(routes!(compliance::control))
        .routes(routes!(compliance::export))
        .route(
            "/api/v1/logs/{tenant}/tile/{*path}",
            axum::routing::get(log::tile),
        )
        .routes(routes!(remediation::remediation))
        .routes(routes!(remediation::due))
        .routes(routes!(remediation::groups))
        .routes(routes!(journey::journey))
        .split_for_parts()
}
