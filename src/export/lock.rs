//! Locks a file with a passphrase, in the age format (age-encryption.org/v1), which free programs everywhere open.

use age::secrecy::SecretString;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::chat::Words;

/// 2^16 rounds of scrypt: 64 MiB and a good part of a second. Guessing costs as much each time.
const WORK: u8 = 16;

/// One at a time, so that memory does not grow with how many ask at once.
pub static ONE: Semaphore = Semaphore::const_new(1);

/// Why a file could not be locked.
#[derive(Debug, thiserror::Error)]
#[error("the files could not be locked: {0}")]
pub struct LockError(#[from] age::EncryptError);

/// Locks `bytes`. The passphrase is used as it was typed.
///
/// # Errors
/// Where the system has no randomness.
pub fn lock(bytes: &[u8], phrase: &Words) -> Result<Zeroizing<Vec<u8>>, LockError> {
    let mut recipient = age::scrypt::Recipient::new(SecretString::from(phrase.expose().to_owned()));
    recipient.set_work_factor(WORK);
    Ok(Zeroizing::new(age::encrypt(&recipient, bytes)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(locked: &[u8], phrase: &str) -> Option<Vec<u8>> {
        age::decrypt(&age::scrypt::Identity::new(SecretString::from(phrase.to_owned())), locked).ok()
    }

    #[test]
    fn what_is_locked_opens_with_its_passphrase_and_no_other() {
        let locked = lock(b"dear you", &Words::new("four unrelated words ")).unwrap();
        assert!(locked.starts_with(b"age-encryption.org/v1\n-> scrypt "));
        assert!(!locked.windows(8).any(|window| window == b"dear you"));
        assert_eq!(open(&locked, "four unrelated words ").as_deref(), Some(&b"dear you"[..]));
        assert_eq!(open(&locked, "four unrelated words"), None);
    }
}
