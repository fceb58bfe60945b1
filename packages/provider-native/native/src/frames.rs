//! The framed body of a message, data-format/message-body.md: all of its frames in one call.
//!
//! Regular frame: sequence number u32, IV 12, ciphertext of the frame length, tag 16. Final frame: `FFFFFFFF`, sequence
//! number u32, IV 12, content length u32, ciphertext, tag 16. An IV is the sequence number in 12 bytes. What a frame
//! authenticates (data-format/message-body-aad.md): message id ‖ content string ‖ sequence number u32 ‖ content length
//! u64.

use crate::aead::{Aead, IV_LENGTH, TAG_LENGTH};
use crate::fault::{Fault, require_length};
use crate::wiped::wipe;

const REGULAR: &[u8] = b"AWSKMSEncryptionClient Frame";
const FINAL: &[u8] = b"AWSKMSEncryptionClient Final Frame";
const FINAL_MARKER: [u8; 4] = [0xff; 4];
const REGULAR_START: usize = 4 + IV_LENGTH;
const FINAL_START: usize = 4 + 4 + IV_LENGTH + 4;

/// Message ids of both versions of the format.
const MESSAGE_ID_LENGTHS: [usize; 2] = [16, 32];
const LONGEST_AAD: usize = 32 + FINAL.len() + 4 + 8;

/// Seals all frames into `body`, which has exactly the length that they need.
pub fn seal_frames(
    key: &Aead,
    message_id: &[u8],
    plaintext: &[u8],
    frame_length: usize,
    body: &mut [u8],
) -> Result<(), Fault> {
    require_frame_length(frame_length)?;
    let mut aad = FrameAad::new(message_id)?;
    let regular = plaintext.len().saturating_sub(1) / frame_length;
    require_frame_count(regular)?;
    let overhead = regular * (REGULAR_START + TAG_LENGTH) + FINAL_START + TAG_LENGTH;
    require_length("The body", body.len(), plaintext.len().saturating_add(overhead))?;
    let (full, rest) = plaintext.split_at(regular * frame_length);
    let (regular_frames, final_frame) = body.split_at_mut(full.len() + regular * (REGULAR_START + TAG_LENGTH));
    let mut number = 0_u32;
    let frames = regular_frames.chunks_exact_mut(REGULAR_START + frame_length + TAG_LENGTH);
    for (content, frame) in full.chunks_exact(frame_length).zip(frames) {
        number += 1;
        let (start, sealed) = frame.split_at_mut(REGULAR_START);
        let iv = iv_of(number);
        start[..4].copy_from_slice(&number.to_be_bytes());
        start[4..].copy_from_slice(&iv);
        key.seal(&iv, aad.of(REGULAR, number, content.len()), content, sealed)?;
    }
    number += 1;
    let (start, sealed) = final_frame.split_at_mut(FINAL_START);
    start.copy_from_slice(&final_start(number, rest.len() as u32));
    key.seal(&iv_of(number), aad.of(FINAL, number, rest.len()), rest, sealed)
}

/// Opens all frames into `plaintext`. Returns false if any byte of the body is not as it was sealed; then the plaintext
/// is wiped. The lengths of body and plaintext must be those of the same frames, of which the last may be empty.
pub fn open_frames(
    key: &Aead,
    message_id: &[u8],
    body: &[u8],
    frame_length: usize,
    plaintext: &mut [u8],
) -> Result<bool, Fault> {
    require_frame_length(frame_length)?;
    let mut aad = FrameAad::new(message_id)?;
    let extent = REGULAR_START + frame_length + TAG_LENGTH;
    let regular = body.len().saturating_sub(FINAL_START + TAG_LENGTH) / extent;
    require_frame_count(regular)?;
    let final_length = plaintext.len().checked_sub(regular * frame_length);
    let expected = final_length.map(|length| regular * extent + FINAL_START + length + TAG_LENGTH);
    if expected != Some(body.len()) || final_length > Some(frame_length) {
        let text =
            format!("A body of {} bytes does not hold {} in frames of {frame_length}.", body.len(), plaintext.len());
        return Err(Fault::Range(text));
    }
    let opened = open_each(key, &mut aad, body.split_at(regular * extent), frame_length, plaintext);
    if !matches!(opened, Ok(true)) {
        wipe(plaintext);
    }
    opened
}

fn open_each(
    key: &Aead,
    aad: &mut FrameAad,
    (regular_frames, final_frame): (&[u8], &[u8]),
    frame_length: usize,
    plaintext: &mut [u8],
) -> Result<bool, Fault> {
    let regular = regular_frames.len() / (REGULAR_START + frame_length + TAG_LENGTH);
    let (full, rest) = plaintext.split_at_mut(regular * frame_length);
    let mut number = 0;
    let frames = regular_frames.chunks_exact(REGULAR_START + frame_length + TAG_LENGTH);
    for (frame, place) in frames.zip(full.chunks_exact_mut(frame_length)) {
        number += 1;
        let iv = iv_of(number);
        let (start, sealed) = frame.split_at(REGULAR_START);
        let is_expected = start[..4] == number.to_be_bytes() && start[4..] == iv;
        if !is_expected || !key.open(&iv, aad.of(REGULAR, number, frame_length), sealed, place)? {
            return Ok(false);
        }
    }
    number += 1;
    let (start, sealed) = final_frame.split_at(FINAL_START);
    let is_expected = start == final_start(number, rest.len() as u32);
    Ok(is_expected && key.open(&iv_of(number), aad.of(FINAL, number, rest.len()), sealed, rest)?)
}

/// The final frame before its ciphertext.
fn final_start(number: u32, length: u32) -> [u8; FINAL_START] {
    let mut start = [0; FINAL_START];
    start[..4].copy_from_slice(&FINAL_MARKER);
    start[4..8].copy_from_slice(&number.to_be_bytes());
    start[8..20].copy_from_slice(&iv_of(number));
    start[20..].copy_from_slice(&length.to_be_bytes());
    start
}

fn iv_of(number: u32) -> [u8; IV_LENGTH] {
    let mut iv = [0; IV_LENGTH];
    iv[IV_LENGTH - 4..].copy_from_slice(&number.to_be_bytes());
    iv
}

/// The number after the last that there may be is the marker of the final frame.
fn require_frame_count(regular: usize) -> Result<(), Fault> {
    if regular < 0xffff_fffe {
        return Ok(());
    }
    Err(Fault::Range(format!("A body has less than 2^32 - 1 frames, not {}.", regular.saturating_add(1))))
}

fn require_frame_length(length: usize) -> Result<(), Fault> {
    if (1..=u32::MAX as usize).contains(&length) {
        return Ok(());
    }
    Err(Fault::Range(format!("A frame has 1 to 2^32 - 1 bytes, not {length}.")))
}

/// What a frame authenticates, written for each into the same bytes.
struct FrameAad {
    bytes: [u8; LONGEST_AAD],
    id_length: usize,
}

impl FrameAad {
    fn new(message_id: &[u8]) -> Result<Self, Fault> {
        if !MESSAGE_ID_LENGTHS.contains(&message_id.len()) {
            return Err(Fault::Range(format!("A message id has 16 or 32 bytes, not {}.", message_id.len())));
        }
        let mut bytes = [0; LONGEST_AAD];
        bytes[..message_id.len()].copy_from_slice(message_id);
        Ok(Self { bytes, id_length: message_id.len() })
    }

    fn of(&mut self, content: &[u8], number: u32, length: usize) -> &[u8] {
        let at = self.id_length + content.len();
        self.bytes[self.id_length..at].copy_from_slice(content);
        self.bytes[at..at + 4].copy_from_slice(&number.to_be_bytes());
        self.bytes[at + 4..at + 12].copy_from_slice(&(length as u64).to_be_bytes());
        &self.bytes[..at + 12]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::MaybeUninit;

    const ID: [u8; 32] = [5; 32];

    fn with_key<T>(run: impl FnOnce(&Aead) -> T) -> T {
        let mut place = MaybeUninit::uninit();
        let result = run(Aead::prepare(&mut place, &[7; 32]).expect("a key of 32 bytes"));
        // SAFETY: it was prepared above.
        unsafe { place.assume_init_drop() };
        result
    }

    fn body_length(length: usize, frame_length: usize) -> usize {
        length + length.saturating_sub(1) / frame_length * 32 + 40
    }

    #[test]
    fn opens_what_it_sealed_at_every_boundary() {
        with_key(|key| {
            for frame_length in [1, 2, 16, 100] {
                for length in [0, 1, 2, 15, 16, 17, 99, 100, 101, 300] {
                    let plaintext: Vec<u8> = (0..length).map(|i| i as u8).collect();
                    let mut body = vec![0; body_length(length, frame_length)];
                    seal_frames(key, &ID, &plaintext, frame_length, &mut body).expect("lengths");
                    let mut opened = vec![0; length];
                    assert!(open_frames(key, &ID, &body, frame_length, &mut opened).expect("lengths"));
                    assert_eq!(opened, plaintext);
                }
            }
        });
    }

    #[test]
    fn opens_no_body_with_a_changed_bit() {
        with_key(|key| {
            let plaintext = [3; 40];
            let mut body = vec![0; body_length(40, 16)];
            seal_frames(key, &ID, &plaintext, 16, &mut body).expect("lengths");
            for bit in 0..body.len() * 8 {
                body[bit / 8] ^= 1 << (bit % 8);
                let mut opened = [1; 40];
                assert!(!open_frames(key, &ID, &body, 16, &mut opened).expect("lengths"));
                assert_eq!(opened, [0; 40]);
                body[bit / 8] ^= 1 << (bit % 8);
            }
        });
    }

    #[test]
    fn opens_a_final_frame_that_is_empty_after_full_ones() {
        with_key(|key| {
            let mut aad = FrameAad::new(&ID).expect("an id");
            let mut body = vec![0; REGULAR_START + 16 + TAG_LENGTH];
            body[3] = 1;
            body[15] = 1;
            key.seal(&iv_of(1), aad.of(REGULAR, 1, 16), &[9; 16], &mut body[REGULAR_START..]).expect("lengths");
            body.extend(final_start(2, 0));
            let mut tag = [0; TAG_LENGTH];
            key.seal(&iv_of(2), aad.of(FINAL, 2, 0), &[], &mut tag).expect("lengths");
            body.extend(tag);
            let mut opened = [0; 16];
            assert!(open_frames(key, &ID, &body, 16, &mut opened).expect("lengths"));
            assert_eq!(opened, [9; 16]);
        });
    }

    #[test]
    fn refuses_wrong_lengths() {
        with_key(|key| {
            let mut body = vec![0; body_length(10, 16)];
            assert!(seal_frames(key, &ID, &[0; 10], 0, &mut body).is_err());
            assert!(seal_frames(key, &ID[..31], &[0; 10], 16, &mut body).is_err());
            assert!(seal_frames(key, &ID, &[0; 10], 16, &mut body[1..]).is_err());
            assert!(seal_frames(key, &ID, &[0; 11], 16, &mut body).is_err());
            assert!(open_frames(key, &ID, &body, 0, &mut [0; 10]).is_err());
            // Of all lengths, only those fit that some plaintext has.
            for length in 0..200 {
                for content in 0..100 {
                    let fits = length == body_length(content, 16)
                        || length == content + content / 16 * 32 + 40 && content % 16 == 0;
                    let opened = open_frames(key, &ID, &vec![0; length], 16, &mut vec![0; content]);
                    assert_eq!(opened.is_ok(), fits, "a body of {length} bytes for {content}");
                }
            }
        });
    }
}
