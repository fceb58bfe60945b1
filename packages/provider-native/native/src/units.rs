//! Whole units of a message's work that are more than AES-GCM: the derivation of its keys, and the key blob.

use crate::aead::Aead;
use crate::digests::{Digest, Hmac};
use crate::fault::{Fault, require_length};
use crate::key_table::KeyTable;
use crate::wiped::{WipedArray, wipe_stack};
use std::mem::MaybeUninit;

/// Suites whose messages commit to their key; both take a data key of 32 bytes, and HKDF-SHA-512.
const COMMITTING_SUITES: [u32; 2] = [0x0478, 0x0578];
const KEY_LENGTH: usize = 32;
const MESSAGE_ID_LENGTH: usize = 32;
/// The last byte of what HKDF authenticates for its first block, RFC 5869 §2.3.
const FIRST_BLOCK: u8 = 1;

/// Derives the key and the commitment of a committing message (framework/transitive-requirements.md): HKDF-SHA-512 with
/// the message id as salt, whose info is suite id ‖ `DERIVEKEY` for the key, and `COMMITKEY` for the commitment. Both
/// are the first half of one block. Returns the key's number; `None` if the table is full.
pub fn derive_message_key(
    keys: &mut KeyTable,
    suite: u32,
    data_key: &[u8],
    message_id: &[u8],
    commitment: &mut [u8],
) -> Result<Option<u32>, Fault> {
    if !COMMITTING_SUITES.contains(&suite) {
        return Err(Fault::Range(format!("Suite {suite:#06x} does not commit to its key.")));
    }
    require_length("The data key", data_key.len(), KEY_LENGTH)?;
    require_length("The message id", message_id.len(), MESSAGE_ID_LENGTH)?;
    require_length("The commitment", commitment.len(), KEY_LENGTH)?;
    let number = keys.open(|place| {
        let mut block = WipedArray::<64>::new();
        let mut hmac = Hmac::new(Digest::named(512)?);
        hmac.begin(message_id)?;
        hmac.take(data_key)?;
        hmac.finish(&mut block.0)?;
        hmac.begin(&block.0)?;
        hmac.take(b"COMMITKEY")?;
        hmac.take(&[FIRST_BLOCK])?;
        hmac.finish(&mut block.0)?;
        commitment.copy_from_slice(&block.0[..KEY_LENGTH]);
        hmac.again()?;
        hmac.take(&suite.to_be_bytes()[2..])?;
        hmac.take(b"DERIVEKEY")?;
        hmac.take(&[FIRST_BLOCK])?;
        hmac.finish(&mut block.0)?;
        Aead::prepare(place, &block.0[..KEY_LENGTH]).map(drop)
    });
    wipe_stack();
    number
}

/// Runs `work` with AES-256-GCM under HMAC-SHA-256(key, input), the key of a key blob.
pub fn with_derived_key<T>(key: &[u8], input: &[u8], work: impl FnOnce(&Aead) -> Result<T, Fault>) -> Result<T, Fault> {
    let result = run_derived(key, input, work);
    wipe_stack();
    result
}

fn run_derived<T>(key: &[u8], input: &[u8], work: impl FnOnce(&Aead) -> Result<T, Fault>) -> Result<T, Fault> {
    let mut derived = WipedArray::<KEY_LENGTH>::new();
    Digest::named(256)?.hmac(key, input, &mut derived.0)?;
    let mut place = MaybeUninit::uninit();
    let key = Prepared(Aead::prepare(&mut place, &derived.0)?);
    work(key.0)
}

/// A key on the stack, which is wiped even if the work with it panics.
struct Prepared<'a>(&'a mut Aead);

impl Drop for Prepared<'_> {
    fn drop(&mut self) {
        // SAFETY: the memory counts as not made again once this reference to it is gone, so nothing drops it twice.
        unsafe { std::ptr::drop_in_place(self.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Derives by HKDF as the library has it.
    fn expanded(info: &[u8]) -> [u8; 32] {
        let digest = Digest::named(512).expect("SHA-512");
        let (mut pseudorandom_key, mut output) = ([0; 64], [0; 32]);
        digest.hmac(&[2; 32], &[1; 32], &mut pseudorandom_key).expect("lengths");
        digest.expand(&pseudorandom_key, info, &mut output).expect("lengths");
        output
    }

    #[test]
    fn derives_what_hkdf_derives() {
        for (suite, info) in [(0x0478, b"\x04\x78DERIVEKEY"), (0x0578, b"\x05\x78DERIVEKEY")] {
            let mut keys = KeyTable::default();
            let mut commitment = [0; 32];
            let number = derive_message_key(&mut keys, suite, &[1; 32], &[2; 32], &mut commitment);
            assert_eq!(commitment, expanded(b"COMMITKEY"));
            let mut place = MaybeUninit::uninit();
            let expected = Aead::prepare(&mut place, &expanded(info)).expect("a key");
            let (mut tag, mut expected_tag) = ([0; 16], [0; 16]);
            expected.seal(&[0; 12], b"aad", b"", &mut expected_tag).expect("lengths");
            let number = number.expect("lengths").expect("room");
            keys.key(number).expect("a key").seal(&[0; 12], b"aad", b"", &mut tag).expect("lengths");
            assert_eq!(tag, expected_tag);
        }
    }

    #[test]
    fn derives_for_committing_suites_and_their_lengths_alone() {
        let keys = &mut KeyTable::default();
        assert!(derive_message_key(keys, 0x0178, &[1; 32], &[2; 32], &mut [0; 32]).is_err());
        assert!(derive_message_key(keys, 0x0001_0478, &[1; 32], &[2; 32], &mut [0; 32]).is_err());
        assert!(derive_message_key(keys, 0x0478, &[1; 31], &[2; 32], &mut [0; 32]).is_err());
        assert!(derive_message_key(keys, 0x0478, &[1; 32], &[2; 16], &mut [0; 32]).is_err());
        assert!(derive_message_key(keys, 0x0478, &[1; 32], &[2; 32], &mut [0; 33]).is_err());
        assert!(keys.key(0).is_err());
    }

    #[test]
    fn seals_under_an_hmac() {
        let mut derived = [0; 32];
        Digest::named(256).expect("SHA-256").hmac(b"key", b"input", &mut derived).expect("lengths");
        let mut place = MaybeUninit::uninit();
        let expected = Aead::prepare(&mut place, &derived).expect("a key");
        let (mut sealed, mut expected_sealed) = ([0; 20], [0; 20]);
        expected.seal(&[3; 12], b"aad", b"text", &mut expected_sealed).expect("lengths");
        with_derived_key(b"key", b"input", |key| key.seal(&[3; 12], b"aad", b"text", &mut sealed)).expect("lengths");
        assert_eq!(sealed, expected_sealed);
    }
}
