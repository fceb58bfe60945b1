//! Framed bodies, all frames in one call (data-format/message-body.md).
//!
//! ```text
//! regular frame: sequence number u32 ‖ IV 12 ‖ ciphertext ‖ tag 16
//! final frame:   FFFFFFFF ‖ sequence number u32 ‖ IV 12 ‖ content length u32 ‖ ciphertext ‖ tag 16
//! IV:            zeros 8 ‖ sequence number u32
//! ```
//!
//! Additional authenticated data: message id 16 or 32 ‖ content string ‖ sequence number u32 ‖ content length u64.

use crate::gcm::{self, Key, TAG};

const REGULAR: &[u8] = b"AWSKMSEncryptionClient Frame";
const FINAL: &[u8] = b"AWSKMSEncryptionClient Final Frame";
const IV: usize = 12;
const FINAL_MARK: [u8; 4] = [0xff; 4];
/// Bytes of a regular frame beside its content.
const REGULAR_OVERHEAD: usize = 4 + IV + TAG;
/// Bytes of a final frame beside its content.
const FINAL_OVERHEAD: usize = 4 + 4 + IV + 4 + TAG;

/// A frame's place in its message.
struct Place {
    sequence: u32,
    is_final: bool,
    content: usize,
}

impl Place {
    fn iv(&self) -> [u8; IV] {
        let mut iv = [0; IV];
        iv[8..].copy_from_slice(&self.sequence.to_be_bytes());
        iv
    }

    /// Bytes of the frame before its ciphertext.
    fn start(&self) -> ([u8; 24], usize) {
        let mut start = [0; 24];
        let mut at = 0;
        let mut put = |bytes: &[u8]| {
            start[at..at + bytes.len()].copy_from_slice(bytes);
            at += bytes.len();
        };
        if self.is_final {
            put(&FINAL_MARK);
        }
        put(&self.sequence.to_be_bytes());
        put(&self.iv());
        if self.is_final {
            put(&(self.content as u32).to_be_bytes());
        }
        (start, at)
    }

    fn aad(&self, message_id: &[u8]) -> ([u8; 78], usize) {
        let mut aad = [0; 78];
        let text = if self.is_final { FINAL } else { REGULAR };
        let at = message_id.len() + text.len();
        aad[..message_id.len()].copy_from_slice(message_id);
        aad[message_id.len()..at].copy_from_slice(text);
        aad[at..at + 4].copy_from_slice(&self.sequence.to_be_bytes());
        aad[at + 4..at + 12].copy_from_slice(&(self.content as u64).to_be_bytes());
        (aad, at + 12)
    }
}

/// Calls `work` with each of `count` frames. All have `frame_length` bytes but the final one, which has the rest.
fn each(count: u32, frame_length: usize, length: usize, mut work: impl FnMut(Place) -> bool) -> bool {
    let whole = (count as usize - 1) * frame_length;
    (1..count).all(|sequence| work(Place { sequence, is_final: false, content: frame_length }))
        && work(Place { sequence: count, is_final: true, content: length - whole })
}

/// Bytes of a body of `count` frames with `length` bytes of content.
pub fn body_length(count: u32, length: usize) -> usize {
    (count as usize - 1) * REGULAR_OVERHEAD + FINAL_OVERHEAD + length
}

/// Seals `plaintext` as `count` frames into `body`.
pub fn seal(key: &Key, message_id: &[u8], plaintext: &[u8], count: u32, frame_length: usize, body: &mut [u8]) {
    let (mut from, mut to) = (0, 0);
    each(count, frame_length, plaintext.len(), |place| {
        let (start, at) = place.start();
        let end = to + at + place.content + TAG;
        body[to..to + at].copy_from_slice(&start[..at]);
        let sealed = &mut body[to + at..end];
        sealed[..place.content].copy_from_slice(&plaintext[from..from + place.content]);
        let (aad, length) = place.aad(message_id);
        gcm::seal(key, place.iv(), &aad[..length], sealed);
        from += place.content;
        to = end;
        true
    });
}

/// Opens the `count` frames of `body` into `plaintext`. Returns false at the first wrong byte.
pub fn open(
    key: &Key,
    message_id: &[u8],
    body: &mut [u8],
    count: u32,
    frame_length: usize,
    plaintext: &mut [u8],
) -> bool {
    let (mut from, mut to) = (0, 0);
    each(count, frame_length, plaintext.len(), |place| {
        let (start, at) = place.start();
        let end = from + at + place.content + TAG;
        if body[from..from + at] != start[..at] {
            return false;
        }
        let sealed = &mut body[from + at..end];
        let (aad, length) = place.aad(message_id);
        if !gcm::open(key, place.iv(), &aad[..length], sealed) {
            return false;
        }
        plaintext[to..to + place.content].copy_from_slice(&sealed[..place.content]);
        from = end;
        to += place.content;
        true
    })
}
