//! The interface for programs, `/api/v1`. Its description, OpenAPI 3.1, is made from what is written here and kept as a snapshot beside
//! the code (`openapi.json`), so that a change of the contract is seen in review.

mod access;
mod assets;
mod channels;
mod decisions;
mod deliveries;
mod events;
mod findings;
mod fixes;
mod me;
mod people;
mod posture;
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

/// Everything under `/api/v1`, and its description.
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
        .routes(routes!(access::sign_in, access::who, access::sign_out))
        .routes(routes!(access::change_password))
        .routes(routes!(me::me))
        .routes(routes!(tokens::make, tokens::list))
        .routes(routes!(tokens::revoke))
        .routes(routes!(people::add, people::list))
        .routes(routes!(people::change))
        .routes(routes!(people::link))
        .routes(routes!(statements::take, statements::list))
        .routes(routes!(statements::one))
        .routes(routes!(statements::body))
        .routes(routes!(decisions::decide))
        .routes(routes!(fixes::list))
        .routes(routes!(fixes::one))
        .routes(routes!(findings::list))
        .routes(routes!(findings::one))
        .routes(routes!(assets::list))
        .routes(routes!(assets::one))
        .routes(routes!(posture::posture))
        .routes(routes!(events::events))
        .routes(routes!(channels::make, channels::list))
        .routes(routes!(channels::change, channels::remove))
        .routes(routes!(channels::test))
        .routes(routes!(deliveries::list))
        .routes(routes!(deliveries::retry))
        .split_for_parts()
}
