//! The console: static files that were built from `console/` and are part of the binary (`build.rs`).
//!
//! In: paths. Out: files, packed where the browser takes them so; one page that says what is missing where the binary was built without
//! the console. What is at no path is a problem like everywhere else.

use crate::http::{Kind, Problem};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

/// A file of the console.
#[derive(Debug)]
struct File {
    path: &'static str,
    kind: &'static str,
    /// Whether its name changes whenever its contents do.
    is_immutable: bool,
    etag: &'static str,
    plain: &'static [u8],
    gzip: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/console.rs"));

const NOT_BUILT: &str = "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Bartizan</title>\n\
<h1>Bartizan is running</h1>\n<p>This binary was built without the console. Run <code>make console</code>, then build it again.</p>\n\
<p>The interface for programs is at <a href=\"/api/v1/openapi.json\">/api/v1</a>.</p>\n</html>\n";

/// Answers what no route of the interface answers.
pub(crate) async fn answer(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let is_read = method == Method::GET || method == Method::HEAD;
    file(FILES, uri.path(), &headers)
        .filter(|_| is_read)
        .unwrap_or_else(|| Problem::new(Kind::Missing, "there is nothing at this address").into_response())
}

fn file(files: &[File], path: &str, headers: &HeaderMap) -> Option<Response> {
    let path = if path == "/" { "/index.html" } else { path };
    let Some(file) = files.iter().find(|file| file.path == path) else {
        let is_status = files.is_empty() && path == "/index.html";
        return is_status.then(|| axum::response::Html(NOT_BUILT).into_response());
    };
    let has = |name: HeaderName, wanted: &str| {
        headers
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|word| word.trim().trim_start_matches("W/") == wanted)
    };
    let mut answer = if has(header::IF_NONE_MATCH, file.etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let packed = file.gzip.filter(|_| has(header::ACCEPT_ENCODING, "gzip"));
        let mut answer = packed.unwrap_or(file.plain).into_response();
        if packed.is_some() {
            let gzip = HeaderValue::from_static("gzip");
            answer.headers_mut().insert(header::CONTENT_ENCODING, gzip);
        }
        answer
    };
    let caching = if file.is_immutable {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    for (name, value) in [
        (header::CONTENT_TYPE, file.kind),
        (header::CACHE_CONTROL, caching),
        (header::ETAG, file.etag),
        (header::VARY, "accept-encoding"),
    ] {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Some(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: File = File {
        path: "/index.html",
        kind: "text/html; charset=utf-8",
        is_immutable: false,
        etag: "\"1\"",
        plain: b"plain",
        gzip: Some(b"packed"),
    };
    const SCRIPT: File = File {
        path: "/assets/a-1.js",
        is_immutable: true,
        gzip: None,
        ..PAGE
    };

    fn asked(name: HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    fn header_of(answer: &Response, name: &HeaderName) -> String {
        let value = answer.headers().get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    }

    #[test]
    fn a_page_is_packed_for_who_takes_it_so_and_asked_for_again_each_time() {
        let packed = file(&[PAGE], "/", &asked(header::ACCEPT_ENCODING, "br, gzip")).unwrap();
        assert_eq!(header_of(&packed, &header::CONTENT_ENCODING), "gzip");
        assert_eq!(header_of(&packed, &header::CACHE_CONTROL), "no-cache");
        let plain = file(&[PAGE], "/", &HeaderMap::new()).unwrap();
        assert_eq!(header_of(&plain, &header::CONTENT_ENCODING), "");
    }

    #[test]
    fn what_did_not_change_is_not_sent_again() {
        let same = file(&[PAGE], "/", &asked(header::IF_NONE_MATCH, "W/\"1\"")).unwrap();
        assert_eq!(same.status(), StatusCode::NOT_MODIFIED);
        let other = file(&[PAGE], "/", &asked(header::IF_NONE_MATCH, "\"2\"")).unwrap();
        assert_eq!(other.status(), StatusCode::OK);
    }

    #[test]
    fn a_file_named_by_its_contents_is_kept_for_good() {
        let script = file(&[PAGE, SCRIPT], "/assets/a-1.js", &HeaderMap::new()).unwrap();
        assert!(header_of(&script, &header::CACHE_CONTROL).contains("immutable"));
        assert!(file(&[PAGE, SCRIPT], "/assets/a-2.js", &HeaderMap::new()).is_none());
    }

    #[test]
    fn a_binary_without_the_console_says_so_at_the_root_alone() {
        assert_eq!(
            file(&[], "/", &HeaderMap::new()).unwrap().status(),
            StatusCode::OK
        );
        assert!(file(&[], "/assets/a-1.js", &HeaderMap::new()).is_none());
    }
}
