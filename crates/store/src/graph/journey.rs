//! What is counted to say how far a company has come. What may be many is counted up to a thousand.

use crate::value::Param;
use crate::{Session, StoreError};

/// What was counted: one number a question.
pub type Counted = Vec<(&'static str, i64)>;

/// Things that were looked at.
const SCANNED: &str =
    "EXISTS (SELECT 1 FROM scopes p WHERE p.tenant = a.tenant AND p.asset = a.id AND p.last_at > 0)";

/// What `$2` of a query stands for.
#[derive(Clone, Copy)]
enum With {
    Nothing,
    Since,
    Now,
}

/// Name of a number, what it is asked with, and the query that counts it.
type Question = (&'static str, With, String);

fn questions() -> impl Iterator<Item = Question> {
    of_things().into_iter().chain(of_the_rest())
}

fn text(sql: &str) -> String {
    sql.to_owned()
}

fn of_things() -> Vec<Question> {
    use With::{Nothing, Since};
    let things =
        |more: &str| format!("SELECT count(*) FROM assets a WHERE a.tenant = $1 AND {SCANNED}{more}");
    vec![
        ("scanned", Nothing, things("")),
        ("owned", Nothing, things(" AND a.owner IS NOT NULL")),
        (
            "placed",
            Nothing,
            things(" AND a.labels LIKE '%\"exposure\":%' AND a.labels LIKE '%\"mission\":%'"),
        ),
        ("sources", Nothing, things(" AND a.kind IN ('repo', 'dir')")),
        ("images", Nothing, things(" AND a.kind = 'image'")),
        (
            "billed",
            Nothing,
            things(" AND EXISTS (SELECT 1 FROM bills b WHERE b.tenant = a.tenant AND b.asset = a.id)"),
        ),
        (
            "scopes",
            Nothing,
            text("SELECT count(*) FROM scopes WHERE tenant = $1 AND last_at > 0"),
        ),
        (
            "allowed",
            Nothing,
            text("SELECT count(*) FROM scopes WHERE tenant = $1 AND verdict = 'allow'"),
        ),
        (
            "fresh",
            Since,
            text("SELECT count(*) FROM scopes WHERE tenant = $1 AND last_at >= $2"),
        ),
        (
            "repeated",
            Nothing,
            text(
                "SELECT count(*) FROM scopes p WHERE p.tenant = $1 AND EXISTS (SELECT 1 FROM scans s JOIN scans l \
                 ON l.tenant = s.tenant AND l.seq = p.last_seq WHERE s.tenant = p.tenant AND s.scope = p.id AND s.build <> l.build)",
            ),
        ),
    ]
}

fn of_the_rest() -> Vec<Question> {
    use With::{Nothing, Now};
    vec![
        (
            "runs",
            Nothing,
            text("SELECT count(*) FROM check_runs WHERE tenant = $1 AND status <> 'not-applicable'"),
        ),
        (
            "ran",
            Nothing,
            text("SELECT count(*) FROM check_runs WHERE tenant = $1 AND status = 'ran'"),
        ),
        (
            "leak_ran",
            Nothing,
            text(
                "SELECT count(*) FROM check_runs WHERE tenant = $1 AND status = 'ran' AND name = 'leak/credentials'",
            ),
        ),
        (
            "advisories_ran",
            Nothing,
            text(
                "SELECT count(*) FROM check_runs WHERE tenant = $1 AND status = 'ran' AND name = 'supply/advisories'",
            ),
        ),
        (
            "staged",
            Nothing,
            text(
                "SELECT count(*) FROM scopes WHERE tenant = $1 AND name >= 'git-index' AND name < 'git-indey'",
            ),
        ),
        (
            "leaks",
            Nothing,
            text(
                "SELECT count(*) FROM findings WHERE tenant = $1 AND rule >= 'leak/' AND rule < 'leak0' AND status = 0 AND severity >= 3",
            ),
        ),
        (
            "waivers",
            Now,
            text(
                "SELECT count(*) FROM waivers WHERE tenant = $1 AND ended IS NULL AND (until IS NULL OR until > $2)",
            ),
        ),
        (
            "endless",
            Nothing,
            text("SELECT count(*) FROM waivers WHERE tenant = $1 AND ended IS NULL AND until IS NULL"),
        ),
        (
            "provenance",
            Nothing,
            text("SELECT count(DISTINCT asset) FROM provenances WHERE tenant = $1"),
        ),
        (
            "deployed",
            Nothing,
            text(
                "SELECT count(*) FROM (SELECT 1 FROM edges WHERE tenant = $1 AND kind IN ('deployed_as', 'runs_on') LIMIT 1000) AS few",
            ),
        ),
        (
            "loaded",
            Nothing,
            text(
                "SELECT count(*) FROM (SELECT 1 FROM edges WHERE tenant = $1 AND kind = 'loads' LIMIT 1000) AS few",
            ),
        ),
        (
            "signed",
            Nothing,
            text(
                "SELECT count(*) FROM (SELECT trust FROM statements WHERE tenant = $1 ORDER BY seq DESC LIMIT 1000) AS last_ones \
                 WHERE trust LIKE 'signed:%'",
            ),
        ),
        (
            "policies",
            Nothing,
            text("SELECT count(*) FROM policies WHERE tenant = $1 AND name IN ('objectives', 'calendar')"),
        ),
        (
            "attested",
            Now,
            text(
                "SELECT count(*) FROM attestations WHERE tenant = $1 AND withdrawn IS NULL AND (until IS NULL OR until > $2)",
            ),
        ),
    ]
}

impl Session<'_> {
    /// What was counted, where `since` and `now` are in milliseconds since 1970: what was looked at from `since` on counts as fresh.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn counted(&mut self, since: i64, now: i64) -> Result<Counted, StoreError> {
        let tenant = self.tenant().0;
        let mut counted = Vec::new();
        for (name, with, query) in questions() {
            let mut params: Vec<Param<'_>> = vec![tenant.into()];
            match with {
                With::Nothing => {}
                With::Since => params.push(since.into()),
                With::Now => params.push(now.into()),
            }
            let count = self.sql.first(&query, &params, |row| row.int(0))?;
            counted.push((name, count.unwrap_or(0)));
        }
        Ok(counted)
    }
}
