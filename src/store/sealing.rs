//! Sealing: how bytes become noise and back. Pure but for the random numbers it draws.
//!
//! Everything hangs on the operator's key. From it and the store's random id three keys are derived (HKDF-SHA256): one
//! wraps the persons' keys, one hashes accounts for lookup, one hashes inbound ids. Each person's own key seals their
//! rows with XChaCha20-Poly1305 under a random nonce, bound to table, person and row, so that a sealed value that was
//! altered or moved elsewhere does not open.

use chacha20poly1305::aead::rand_core::RngCore;
use chacha20poly1305::aead::{Aead, KeyInit, OsRng, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::error::StoreError;
use crate::chat::{Account, InboundId, PersonId};

/// First byte of every sealed value, so that a later format can be told apart.
const FORMAT: u8 = 1;
/// Bytes of an `XChaCha20` nonce.
const NONCE: usize = 24;
/// Plain lengths are rounded up to a multiple of this, so that a length tells little about what was written.
const BLOCK: usize = 64;
/// Bytes of the length that stands before the padded plain text.
const LENGTH: usize = 4;
/// What the canary says.
const CANARY: &[u8] = b"rekindle: this is the right key";

/// A 32-byte key, wiped when dropped, never printed.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(super) struct Key([u8; 32]);

impl Key {
    /// Draws a new one.
    pub(super) fn random() -> Result<Self, StoreError> {
        Ok(Self(random()?))
    }

    /// Takes 64 hexadecimal digits, with blanks around them allowed.
    pub(super) fn from_hex(text: &str) -> Option<Self> {
        let digits = text.trim().as_bytes();
        if digits.len() != 64 {
            return None;
        }
        let mut key = Self([0; 32]);
        for (byte, pair) in key.0.iter_mut().zip(digits.chunks_exact(2)) {
            let high = char::from(pair[0]).to_digit(16)?;
            let low = char::from(pair[1]).to_digit(16)?;
            *byte = u8::try_from(high * 16 + low).ok()?;
        }
        Some(key)
    }

    /// The key as 64 hexadecimal digits.
    pub(super) fn to_hex(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(64));
        for byte in self.0 {
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(digit), 16).unwrap_or_default());
            }
        }
        text
    }
}

/// Where a sealed value stands; it opens nowhere else.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// The table.
    pub(super) table: &'static str,
    /// Whose row it is.
    pub(super) person: PersonId,
    /// Which row of the table.
    pub(super) row: i64,
}

impl Place {
    fn bytes(self) -> Vec<u8> {
        let mut bytes = b"rekindle\0".to_vec();
        bytes.push(FORMAT);
        bytes.extend_from_slice(&self.person.0.to_be_bytes());
        bytes.extend_from_slice(&self.row.to_be_bytes());
        bytes.extend_from_slice(self.table.as_bytes());
        bytes
    }
}

/// The keys derived from the operator's.
pub(super) struct Sealer {
    wrapping: Key,
    lookup: Key,
    inbound: Key,
}

impl Sealer {
    /// Derives them for the store with this id.
    pub(super) fn new(operator: &Key, store: &[u8; 16]) -> Self {
        let hkdf = Hkdf::<Sha256>::new(Some(store), &operator.0);
        let derive = |label: &[u8]| {
            let mut key = Key([0; 32]);
            // HKDF refuses only outputs over 8160 bytes, so 32 always succeed.
            hkdf.expand(label, &mut key.0).expect("32 bytes are within HKDF's limit");
            key
        };
        Self {
            wrapping: derive(b"rekindle 1 wrapping"),
            lookup: derive(b"rekindle 1 lookup"),
            inbound: derive(b"rekindle 1 inbound"),
        }
    }

    /// The keyed hash by which an account is found.
    pub(super) fn lookup(&self, account: &Account) -> [u8; 32] {
        hash(&self.lookup, &[account.platform.as_bytes(), b"\0", account.id.as_bytes()])
    }

    /// The keyed hash by which a repeated inbound event of one person is known.
    pub(super) fn inbound(&self, person: PersonId, id: &InboundId) -> [u8; 32] {
        hash(&self.inbound, &[&person.0.to_be_bytes(), id.0.as_bytes()])
    }

    /// Wraps a person's key.
    pub(super) fn wrap(&self, person: PersonId, key: &Key) -> Result<Vec<u8>, StoreError> {
        seal(&self.wrapping, Place { table: "keys", person, row: person.0 }, &key.0)
    }

    /// Unwraps a person's key.
    pub(super) fn unwrap(&self, person: PersonId, wrapped: &[u8]) -> Result<Key, StoreError> {
        let plain = open(&self.wrapping, Place { table: "keys", person, row: person.0 }, wrapped)?;
        let bytes: Result<[u8; 32], _> = plain.as_slice().try_into();
        bytes.map(Key).map_err(|_| StoreError::Unreadable { table: "keys" })
    }

    /// A known text, sealed: proof of the right operator key.
    pub(super) fn canary(&self) -> Result<Vec<u8>, StoreError> {
        seal(&self.wrapping, CANARY_PLACE, CANARY)
    }

    /// Whether a canary was sealed by this key.
    pub(super) fn knows(&self, canary: &[u8]) -> bool {
        open(&self.wrapping, CANARY_PLACE, canary).is_ok_and(|plain| plain.as_slice() == CANARY)
    }
}

/// Where the canary stands: in a table of one row that belongs to nobody.
const CANARY_PLACE: Place = Place { table: "meta", person: PersonId(0), row: 1 };

/// Random bytes from the operating system.
pub(super) fn random<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    OsRng.try_fill_bytes(&mut bytes).map_err(|_| StoreError::NotSaved)?;
    Ok(bytes)
}

fn hash(key: &Key, parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(&key.0).expect("HMAC takes a key of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// Seals bytes for one place.
pub(super) fn seal(key: &Key, place: Place, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
    let refused = StoreError::Unreadable { table: place.table };
    let Ok(length) = u32::try_from(plain.len()) else { return Err(refused) };
    let mut padded = Zeroizing::new(vec![0; (LENGTH + plain.len()).next_multiple_of(BLOCK)]);
    padded[..LENGTH].copy_from_slice(&length.to_be_bytes());
    padded[LENGTH..LENGTH + plain.len()].copy_from_slice(plain);
    let nonce: [u8; NONCE] = random()?;
    let aad = place.bytes();
    let noise = XChaCha20Poly1305::new((&key.0).into())
        .encrypt(XNonce::from_slice(&nonce), Payload { msg: &padded, aad: &aad })
        .map_err(|_| refused)?;
    let mut sealed = Vec::with_capacity(1 + NONCE + noise.len());
    sealed.push(FORMAT);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(&noise);
    Ok(sealed)
}

/// Opens what was sealed for that very place.
pub(super) fn open(key: &Key, place: Place, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    opened(key, place, sealed).ok_or(StoreError::Sealed { table: place.table })
}

fn opened(key: &Key, place: Place, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (&format, rest) = sealed.split_first()?;
    let (nonce, noise) = rest.split_at_checked(NONCE)?;
    if format != FORMAT {
        return None;
    }
    let aad = place.bytes();
    let plain = XChaCha20Poly1305::new((&key.0).into())
        .decrypt(XNonce::from_slice(nonce), Payload { msg: noise, aad: &aad })
        .ok()?;
    let plain = Zeroizing::new(plain);
    let (length, text) = plain.split_first_chunk::<LENGTH>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    Some(Zeroizing::new(text.get(..length)?.to_vec()))
}

/// Seals a value as JSON.
pub(super) fn seal_json(key: &Key, place: Place, value: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    // The error of serde_json may quote the value, so it goes no further.
    let plain = serde_json::to_vec(value).map_err(|_| StoreError::Unreadable { table: place.table })?;
    seal(key, place, &Zeroizing::new(plain))
}

/// Opens a value that was sealed as JSON.
pub(super) fn open_json<T: DeserializeOwned>(key: &Key, place: Place, sealed: &[u8]) -> Result<T, StoreError> {
    let plain = open(key, place, sealed)?;
    serde_json::from_slice(&plain).map_err(|_| StoreError::Unreadable { table: place.table })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place = Place { table: "entries", person: PersonId(1), row: 7 };

    fn sealer() -> Sealer {
        Sealer::new(&Key([7; 32]), &[1; 16])
    }

    #[test]
    fn what_was_sealed_opens_at_its_place_alone() {
        let key = Key::random().unwrap();
        for plain in [&b""[..], b"a", &[9; 60], &[9; 61], &[9; 5000]] {
            let sealed = seal(&key, PLACE, plain).unwrap();
            assert_eq!(open(&key, PLACE, &sealed).unwrap().as_slice(), plain);
            for moved in [
                Place { table: "journeys", ..PLACE },
                Place { person: PersonId(2), ..PLACE },
                Place { row: 8, ..PLACE },
            ] {
                assert!(matches!(open(&key, moved, &sealed), Err(StoreError::Sealed { .. })));
            }
            assert!(matches!(open(&Key::random().unwrap(), PLACE, &sealed), Err(StoreError::Sealed { .. })));
        }
    }

    #[test]
    fn every_flipped_byte_and_every_cut_is_refused() {
        let key = Key::random().unwrap();
        let sealed = seal(&key, PLACE, b"words").unwrap();
        for at in 0..sealed.len() {
            let mut flipped = sealed.clone();
            flipped[at] ^= 1;
            assert!(open(&key, PLACE, &flipped).is_err(), "byte {at}");
            assert!(open(&key, PLACE, &sealed[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn lengths_tell_only_multiples_of_sixty_four() {
        let key = Key::random().unwrap();
        let lengths = |range: std::ops::Range<usize>| {
            range.map(|n| seal(&key, PLACE, &vec![b'x'; n]).unwrap().len()).collect::<std::collections::BTreeSet<_>>()
        };
        assert_eq!(lengths(0..61).len(), 1);
        assert_eq!(lengths(0..189).len(), 3);
    }

    #[test]
    fn the_same_words_never_seal_alike() {
        let key = Key::random().unwrap();
        assert_ne!(seal(&key, PLACE, b"x").unwrap(), seal(&key, PLACE, b"x").unwrap());
    }

    #[test]
    fn the_canary_knows_its_operator_key_and_store() {
        let canary = sealer().canary().unwrap();
        assert!(sealer().knows(&canary));
        assert!(!Sealer::new(&Key([8; 32]), &[1; 16]).knows(&canary));
        assert!(!Sealer::new(&Key([7; 32]), &[2; 16]).knows(&canary));
    }

    #[test]
    fn a_persons_key_unwraps_for_that_person_alone() {
        let key = Key::random().unwrap();
        let wrapped = sealer().wrap(PersonId(1), &key).unwrap();
        assert_eq!(sealer().unwrap(PersonId(1), &wrapped).unwrap().0, key.0);
        assert!(sealer().unwrap(PersonId(2), &wrapped).is_err());
    }

    #[test]
    fn lookups_tell_platforms_and_accounts_apart() {
        let account = |platform: &str, id: &str| Account { platform: platform.to_owned(), id: id.to_owned() };
        let first = sealer().lookup(&account("console", "1"));
        assert_eq!(first, sealer().lookup(&account("console", "1")));
        assert_ne!(first, sealer().lookup(&account("discord", "1")));
        assert_ne!(first, sealer().lookup(&account("console", "2")));
        let inbound = InboundId("1".to_owned());
        assert_ne!(sealer().inbound(PersonId(1), &inbound), sealer().inbound(PersonId(2), &inbound));
    }

    #[test]
    fn a_key_reads_back_from_its_digits_and_nothing_else_does() {
        let key = Key::random().unwrap();
        assert_eq!(Key::from_hex(&format!("{}\n", *key.to_hex())).unwrap().0, key.0);
        for wrong in ["", "ab", &"g".repeat(64), &"a".repeat(63), &"a".repeat(65), &"ä".repeat(32)] {
            assert!(Key::from_hex(wrong).is_none());
        }
    }
}
