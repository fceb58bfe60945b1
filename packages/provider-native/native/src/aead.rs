//! AES-GCM with IVs of 12 bytes and tags of 16, NIST SP 800-38D §7.

use crate::fault::{Fault, require_length, require_success};
use crate::wiped::wipe;
use aws_lc_sys as lc;
use std::ptr::NonNull;

pub const IV_LENGTH: usize = 12;
pub const TAG_LENGTH: usize = 16;

/// A prepared key: schedule and hash table. It is made in the memory where it stays, so that no copy of it is left.
#[repr(C, align(64))]
pub struct Aead(lc::EVP_AEAD_CTX);

impl Aead {
    /// Prepares a key of 16, 24 or 32 bytes in `place`.
    pub fn prepare<'a>(place: &'a mut std::mem::MaybeUninit<Self>, key: &[u8]) -> Result<&'a mut Self, Fault> {
        // SAFETY: these functions take nothing and return constants of the library.
        let cipher = unsafe {
            match key.len() {
                16 => lc::EVP_aead_aes_128_gcm(),
                24 => lc::EVP_aead_aes_192_gcm(),
                32 => lc::EVP_aead_aes_256_gcm(),
                other => {
                    return Err(Fault::Range(format!("The AES-GCM key must have 16, 24 or 32 bytes, not {other}.")));
                }
            }
        };
        let context = place.as_mut_ptr().cast();
        // SAFETY: `context` is writable and aligned, as `Aead` has that layout; the key is as long as its cipher wants.
        let status = unsafe {
            lc::EVP_AEAD_CTX_zero(context);
            lc::EVP_AEAD_CTX_init(context, cipher, key.as_ptr(), key.len(), TAG_LENGTH, std::ptr::null_mut())
        };
        require_success(status, "AWS-LC took no AES-GCM key")?;
        // SAFETY: the call above has made all of it.
        Ok(unsafe { place.assume_init_mut() })
    }

    /// Writes ciphertext ‖ tag into `output`, which has 16 bytes more than the plaintext.
    pub fn seal(&self, iv: &[u8], aad: &[u8], plaintext: &[u8], output: &mut [u8]) -> Result<(), Fault> {
        require_length("The AES-GCM IV", iv.len(), IV_LENGTH)?;
        require_length("The AES-GCM output", output.len(), plaintext.len().saturating_add(TAG_LENGTH))?;
        let mut written = 0;
        // SAFETY: every pointer comes with the length of its slice, and a mutable slice overlaps no other.
        let status = unsafe {
            lc::EVP_AEAD_CTX_seal(
                &self.0,
                output.as_mut_ptr(),
                &mut written,
                output.len(),
                iv.as_ptr(),
                iv.len(),
                plaintext.as_ptr(),
                plaintext.len(),
                aad.as_ptr(),
                aad.len(),
            )
        };
        require_success(status, "AWS-LC sealed nothing")
    }

    /// Writes the plaintext of ciphertext ‖ tag into `output`, which has 16 bytes less. Returns false, and zeros in
    /// `output`, if the tag is wrong.
    pub fn open(&self, iv: &[u8], aad: &[u8], sealed: &[u8], output: &mut [u8]) -> Result<bool, Fault> {
        require_length("The AES-GCM IV", iv.len(), IV_LENGTH)?;
        let Some(length) = sealed.len().checked_sub(TAG_LENGTH) else {
            return Err(Fault::Range(format!("The AES-GCM ciphertext must end with a tag of {TAG_LENGTH} bytes.")));
        };
        require_length("The AES-GCM output", output.len(), length)?;
        let mut written = 0;
        let place = if output.is_empty() { NonNull::dangling().as_ptr() } else { output.as_mut_ptr() };
        // SAFETY: every pointer comes with the length of its slice, and a mutable slice overlaps no other.
        let status = unsafe {
            lc::EVP_AEAD_CTX_open(
                &self.0,
                place,
                &mut written,
                output.len(),
                iv.as_ptr(),
                iv.len(),
                sealed.as_ptr(),
                sealed.len(),
                aad.as_ptr(),
                aad.len(),
            )
        };
        if status != 1 {
            // AWS-LC keeps a queue of errors for each thread, which nothing here reads.
            // SAFETY: it takes nothing.
            unsafe { lc::ERR_clear_error() };
            wipe(output);
        }
        Ok(status == 1)
    }
}

impl Drop for Aead {
    fn drop(&mut self) {
        // SAFETY: `prepare` made the context, and nothing uses it after this; its size is that of the type.
        unsafe {
            lc::EVP_AEAD_CTX_cleanup(&mut self.0);
            lc::OPENSSL_cleanse((&raw mut self.0).cast(), size_of::<lc::EVP_AEAD_CTX>());
        }
    }
}
