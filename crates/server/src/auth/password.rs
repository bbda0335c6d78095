//! Passwords: argon2id with the parameters of
//! <https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html>, kept as PHC strings.
//!
//! A hash takes 19 MiB and tens of milliseconds of one core; so many at once and no more are made, off the threads that answer.

use super::secret;
use crate::http::{Kind, Problem};
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Characters of a password at least.
pub(crate) const SHORTEST: usize = 12;
/// Bytes of a password at most.
const LONGEST: usize = 1_024;
/// Hashes that are made at once.
const AT_ONCE: usize = 2;
/// How long one waits for the hashes of others.
const PATIENCE: Duration = Duration::from_secs(10);
/// KiB, passes and lanes of a hash.
const COST: (u32, u32, u32) = (19_456, 2, 1);
/// What the password of nobody is held against, so that it takes as long as that of somebody. No password is known to match.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Makes and compares hashes.
#[derive(Debug)]
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
}

impl Passwords {
    pub(crate) fn new() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// The PHC string of a password.
    ///
    /// # Errors
    /// When too many others wait for theirs, or the system has no random bytes.
    pub(crate) async fn hash(&self, password: String) -> Result<String, Problem> {
        self.in_turn(move || hash(&password)).await?
    }

    /// Whether a password is the one that this PHC string was made of; takes as long where there is none.
    ///
    /// # Errors
    /// When too many others wait for theirs.
    pub(crate) async fn is_right(&self, kept: Option<String>, password: String) -> Result<bool, Problem> {
        self.in_turn(move || is_right(kept.as_deref(), &password)).await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else {
            return Err(Problem::new(Kind::Unavailable, "too many people sign in at once")
                .help("try again in a while"));
        };
        tokio::task::spawn_blocking(move || {
            let done = work();
            // Held until here, even if whoever asked went away.
            drop(turn);
            done
        })
        .await
        .map_err(|error| Problem::new(Kind::Internal, error.to_string()))
    }
}

/// Whether a password is long enough to be one.
///
/// # Errors
/// A problem that says how long it has to be.
pub(crate) fn check(password: &str) -> Result<(), Problem> {
    if password.chars().count() < SHORTEST {
        return Err(Problem::new(
            Kind::Unprocessable,
            format!("a password has {SHORTEST} characters or more"),
        )
        .help("take a few words that do not belong together"));
    }
    if password.len() > LONGEST {
        return Err(Problem::new(
            Kind::Unprocessable,
            format!("a password has {LONGEST} bytes or less"),
        ));
    }
    Ok(())
}

fn argon() -> Result<Argon2<'static>, argon2::Error> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &str) -> Result<String, Problem> {
    let broken = |why: String| Problem::new(Kind::Internal, format!("the password cannot be kept: {why}"));
    let salt: [u8; 16] = secret::random().map_err(|error| broken(error.to_string()))?;
    let argon = argon().map_err(|error| broken(error.to_string()))?;
    argon
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(|error| broken(error.to_string()))
}

fn is_right(kept: Option<&str>, password: &str) -> bool {
    let (Ok(hash), Ok(argon)) = (PasswordHash::new(kept.unwrap_or(NOBODY)), argon()) else {
        return false;
    };
    argon.verify_password(password.as_bytes(), &hash).is_ok() && kept.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_again_and_others_are_not() {
        let kept = hash("correct horse battery").unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(is_right(Some(&kept), "correct horse battery"));
        assert!(!is_right(Some(&kept), "correct horse batterz"));
        assert!(!is_right(Some("no hash"), "correct horse battery"));
        assert_ne!(kept, hash("correct horse battery").unwrap());
    }

    #[test]
    fn nobody_has_a_hash_of_the_same_cost_and_no_password() {
        let parsed = PasswordHash::new(NOBODY).unwrap();
        assert_eq!(Params::try_from(&parsed).unwrap().m_cost(), COST.0);
        assert!(!is_right(None, ""));
    }

    #[test]
    fn a_password_counts_in_characters_and_has_an_end() {
        assert!(check("elevenchars").is_err());
        assert!(check("twelve chars").is_ok());
        assert!(check("zwölf Zeiche").is_ok());
        assert!(check(&"x".repeat(1_025)).is_err());
    }
}
