//! Memory that is wiped when it goes.

use aws_lc_sys::OPENSSL_cleanse;

/// Bytes of the stack below a call that [`wipe_stack`] overwrites: more than what AWS-LC's functions use in there.
const STACK_LENGTH: usize = 4096;

/// Overwrites bytes with zeros, in a way that the compiler keeps.
pub fn wipe(bytes: &mut [u8]) {
    // SAFETY: the pointer and the length are those of one slice.
    unsafe { OPENSSL_cleanse(bytes.as_mut_ptr().cast(), bytes.len()) }
}

/// An array for a secret on the stack.
pub struct WipedArray<const N: usize>(pub [u8; N]);

impl<const N: usize> WipedArray<N> {
    pub fn new() -> Self {
        Self([0; N])
    }
}

impl<const N: usize> Drop for WipedArray<N> {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

/// A copy of bytes on the heap.
pub struct WipedCopy(pub Vec<u8>);

impl Drop for WipedCopy {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

/// Overwrites the part of the stack that calls before this one used: what AWS-LC spilled of key schedules and hashes.
#[inline(never)]
pub fn wipe_stack() {
    let mut below = [0_u8; STACK_LENGTH];
    wipe(&mut below);
    std::hint::black_box(&mut below);
}
