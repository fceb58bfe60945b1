//! Hashes (FIPS 180-4), HMAC (RFC 2104) and HKDF's expansion (RFC 5869 §2.3).

use crate::fault::{Fault, require_length, require_success};
use crate::wiped::wipe_stack;
use aws_lc_sys as lc;
use std::mem::MaybeUninit;

/// A hash function, by the number that both sides of the border use.
#[derive(Clone, Copy)]
pub struct Digest(*const lc::EVP_MD);

impl Digest {
    /// 1, 256, 384 and 512 name SHA-1 and the members of SHA-2.
    pub fn named(number: u32) -> Result<Self, Fault> {
        // SAFETY: these functions take nothing and return constants of the library.
        let digest = unsafe {
            match number {
                1 => lc::EVP_sha1(),
                256 => lc::EVP_sha256(),
                384 => lc::EVP_sha384(),
                512 => lc::EVP_sha512(),
                other => return Err(Fault::Range(format!("There is no hash function {other}."))),
            }
        };
        Ok(Self(digest))
    }

    /// Bytes of a digest.
    fn length(self) -> usize {
        // SAFETY: the pointer is one of the library's constants.
        unsafe { lc::EVP_MD_size(self.0) }
    }

    /// Writes the digest of `data` into `output`.
    pub fn hash(self, data: &[u8], output: &mut [u8]) -> Result<(), Fault> {
        require_length("The digest", output.len(), self.length())?;
        let mut written = 0;
        // SAFETY: `output` has room for the digest; the data has its own length.
        let status = unsafe {
            lc::EVP_Digest(
                data.as_ptr().cast(),
                data.len(),
                output.as_mut_ptr(),
                &mut written,
                self.0,
                std::ptr::null_mut(),
            )
        };
        require_success(status, "AWS-LC hashed nothing")
    }

    /// Writes the HMAC of `data` into `output`.
    pub fn hmac(self, key: &[u8], data: &[u8], output: &mut [u8]) -> Result<(), Fault> {
        let mut hmac = Hmac::new(self);
        hmac.begin(key)?;
        hmac.take(data)?;
        hmac.finish(output)
    }

    /// Expands a pseudorandom key into `output`, which has at most 255 digests.
    pub fn expand(self, pseudorandom_key: &[u8], info: &[u8], output: &mut [u8]) -> Result<(), Fault> {
        let most = 255 * self.length();
        if output.len() > most {
            let text = format!("HKDF gives 0 to {most} bytes with this hash, not {}.", output.len());
            return Err(Fault::Range(text));
        }
        // SAFETY: each pointer comes with the length of its slice, and the output has no more than what HKDF gives.
        let status = unsafe {
            lc::HKDF_expand(
                output.as_mut_ptr(),
                output.len(),
                self.0,
                pseudorandom_key.as_ptr(),
                pseudorandom_key.len(),
                info.as_ptr(),
                info.len(),
            )
        };
        wipe_stack();
        require_success(status, "AWS-LC expanded nothing")
    }
}

/// An HMAC in the making. Its key stays prepared, for another HMAC under it.
pub struct Hmac {
    context: lc::HMAC_CTX,
    digest: Digest,
}

impl Hmac {
    /// Makes one without a key, so that what is made of the key is never moved.
    pub fn new(digest: Digest) -> Self {
        let mut context = MaybeUninit::uninit();
        // SAFETY: the call makes the context, whatever was in its memory.
        let context = unsafe {
            lc::HMAC_CTX_init(context.as_mut_ptr());
            context.assume_init()
        };
        Self { context, digest }
    }

    /// Begins an HMAC under a key of any length.
    pub fn begin(&mut self, key: &[u8]) -> Result<(), Fault> {
        // SAFETY: the key comes with its length. A pointer that is not null makes the library take it, even if empty.
        let status = unsafe {
            lc::HMAC_Init_ex(&mut self.context, key.as_ptr().cast(), key.len(), self.digest.0, std::ptr::null_mut())
        };
        require_success(status, "AWS-LC took no HMAC key")
    }

    /// Takes the next piece of the data.
    pub fn take(&mut self, data: &[u8]) -> Result<(), Fault> {
        // SAFETY: the data comes with its length.
        let status = unsafe { lc::HMAC_Update(&mut self.context, data.as_ptr(), data.len()) };
        require_success(status, "AWS-LC took no data")
    }

    /// Writes the HMAC into `output`, which has the digest's length.
    pub fn finish(&mut self, output: &mut [u8]) -> Result<(), Fault> {
        require_length("The HMAC", output.len(), self.digest.length())?;
        let mut written = 0;
        // SAFETY: `output` has room for the digest.
        let status = unsafe { lc::HMAC_Final(&mut self.context, output.as_mut_ptr(), &mut written) };
        require_success(status, "AWS-LC made no HMAC")
    }

    /// Begins the next HMAC under the same key.
    pub fn again(&mut self) -> Result<(), Fault> {
        // SAFETY: no key and no digest mean those of before.
        let status =
            unsafe { lc::HMAC_Init_ex(&mut self.context, std::ptr::null(), 0, std::ptr::null(), std::ptr::null_mut()) };
        require_success(status, "AWS-LC began no HMAC")
    }
}

impl Drop for Hmac {
    fn drop(&mut self) {
        // SAFETY: the context was made, and nothing uses it after this; its size is that of the type.
        unsafe {
            lc::HMAC_CTX_cleanup(&mut self.context);
            lc::OPENSSL_cleanse((&raw mut self.context).cast(), size_of::<lc::HMAC_CTX>());
        }
    }
}
