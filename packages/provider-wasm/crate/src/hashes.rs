//! Hashes, HMAC, and the key derivation of a committing message, over the crates `sha2` and `hmac`.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256, Sha384, Sha512};

/// Writes the hash of `data` into `output` and returns its length; 0 if there is no such hash.
pub fn hash(bits: u32, data: &[u8], output: &mut [u8; 64]) -> usize {
    match bits {
        256 => write(&Sha256::digest(data), output),
        384 => write(&Sha384::digest(data), output),
        512 => write(&Sha512::digest(data), output),
        _ => 0,
    }
}

/// Writes the HMAC (RFC 2104) of `data` into `output` and returns its length; 0 if there is no such hash.
pub fn hmac(bits: u32, key: &[u8], data: &[u8], output: &mut [u8; 64]) -> usize {
    match bits {
        256 => write(&mac::<Hmac<Sha256>>(key, data), output),
        384 => write(&mac::<Hmac<Sha384>>(key, data), output),
        512 => write(&mac::<Hmac<Sha512>>(key, data), output),
        _ => 0,
    }
}

fn write(digest: &[u8], output: &mut [u8; 64]) -> usize {
    output[..digest.len()].copy_from_slice(digest);
    digest.len()
}

fn mac<M: Mac + KeyInit>(key: &[u8], data: &[u8]) -> impl AsRef<[u8]> + core::ops::Deref<Target = [u8]> {
    keyed::<M>(key).chain_update(data).finalize().into_bytes()
}

fn keyed<M: Mac + KeyInit>(key: &[u8]) -> M {
    // HMAC takes keys of any length.
    <M as KeyInit>::new_from_slice(key).unwrap_or_else(|_| unreachable!())
}

/// Derives the keys of a committing message: HKDF-SHA-512 (RFC 5869), salt = message id. The encryption key's info is
/// suite id ‖ `DERIVEKEY`, the commitment's `COMMITKEY`. Both are 32 bytes, and the blocks of the pseudorandom key's
/// pads are hashed once for both.
pub fn derive(suite: u16, data_key: &[u8], message_id: &[u8], key: &mut [u8; 32], commitment: &mut [u8]) {
    let extracted = mac::<Hmac<Sha512>>(message_id, data_key);
    let expand = keyed::<Hmac<Sha512>>(&extracted);
    let derived = expand.clone().chain_update(suite.to_be_bytes()).chain_update(b"DERIVEKEY\x01");
    key.copy_from_slice(&derived.finalize().into_bytes()[..32]);
    let committed = expand.chain_update(b"COMMITKEY\x01").finalize().into_bytes();
    commitment.copy_from_slice(&committed[..32]);
}
