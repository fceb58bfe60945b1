//! What a call can fail with, by the class of JavaScript's error.

/// A failure. Its text never holds bytes of a key or of a plaintext.
#[derive(Debug)]
pub enum Fault {
    /// A value of a wrong type: `TypeError`.
    Type(&'static str),
    /// A wrong length or number: `RangeError`.
    Range(String),
    /// AWS-LC or Node-API refused what it should take: `Error`.
    Internal(&'static str),
}

/// Returns a `RangeError` unless bytes have the one length that they may have.
pub fn require_length(what: &str, found: usize, expected: usize) -> Result<(), Fault> {
    if found == expected {
        Ok(())
    } else {
        Err(Fault::Range(format!("{what} must have {expected} bytes, not {found}.")))
    }
}

/// Returns an `Error` unless AWS-LC answered 1, which is its success.
pub fn require_success(status: std::ffi::c_int, what: &'static str) -> Result<(), Fault> {
    if status == 1 { Ok(()) } else { Err(Fault::Internal(what)) }
}
