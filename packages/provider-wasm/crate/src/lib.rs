//! The units of work of an Encryption SDK message over RustCrypto's crates, as exports over one static memory: no
//! allocator, no imports, no state but prepared keys and a streamed AES-GCM.
//!
//! A caller writes the inputs of a call into the area `io` one after the other, calls, and takes the result out of it
//! and wipes that. The call itself wipes its inputs and the stack. Lengths are checked again by the slices: a wrong one
//! is a trap, never a read or write beside the area.
#![no_std]

mod frames;
mod gcm;
mod hashes;

use core::cell::UnsafeCell;
use core::mem::MaybeUninit;
use core::ptr;
use gcm::{Cipher, Gcm, Key, TAG};
use zeroize::Zeroize;

/// Bytes of the area for inputs and results.
const IO: usize = 65536;
/// Prepared keys. The first is for keys that are used in one call.
const SLOTS: usize = 129;
/// Bytes of an IV, and where what follows it begins.
const IV: usize = 12;
/// Bytes of a message id of version 2, of a data key and of a commitment.
const WORDS: usize = 32;

struct Memory {
    io: [u8; IO],
    slots: [Key; SLOTS],
    /// The streamed call, and the slot of its key.
    streamed: MaybeUninit<Gcm>,
    streams: bool,
    slot: usize,
}

struct Global(UnsafeCell<Memory>);
// SAFETY: an instance has one thread, and no export calls another one.
unsafe impl Sync for Global {}

static MEMORY: Global = Global(UnsafeCell::new(Memory {
    io: [0; IO],
    slots: [const { Key::EMPTY }; SLOTS],
    streamed: MaybeUninit::zeroed(),
    streams: false,
    slot: 0,
}));

/// Runs the work of an export, and wipes the stack that it used.
#[inline(always)]
fn call<R>(work: impl FnOnce(&mut Memory) -> R) -> R {
    let result = run(work);
    wipe_stack();
    result
}

#[inline(never)]
fn run<R>(work: impl FnOnce(&mut Memory) -> R) -> R {
    // SAFETY: as above; the reference ends with the call.
    work(unsafe { &mut *MEMORY.0.get() })
}

/// Overwrites the stack below its caller. The linker places it first in memory (`--stack-first`), so that it ends at 0
/// and an overflow is a trap.
#[inline(never)]
fn wipe_stack() {
    let here = core::hint::black_box(0u8);
    let top = core::hint::black_box(ptr::from_ref(&here) as usize);
    // SAFETY: nothing below this frame is in use.
    unsafe { ptr::write_bytes(core::hint::black_box(LOWEST as *mut u8), 0, top - LOWEST) };
}

/// The lowest address that the stack may have, above the null pointer.
const LOWEST: usize = 16;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

fn wipe<T>(value: &mut T) {
    // SAFETY: zero bytes are a value of all types that are wiped here: an empty key, and memory without a value.
    unsafe { ptr::write_bytes(core::hint::black_box(ptr::from_mut(value)), 0, 1) };
}

/// Returns the address of the area for inputs and results.
#[unsafe(no_mangle)]
pub extern "C" fn io() -> usize {
    MEMORY.0.get() as usize + core::mem::offset_of!(Memory, io)
}

/// Returns the bytes of that area.
#[unsafe(no_mangle)]
pub extern "C" fn io_length() -> usize {
    IO
}

/// Returns the number of slots; the first is not for callers.
#[unsafe(no_mangle)]
pub extern "C" fn slots() -> usize {
    SLOTS
}

/// Overwrites the beginning of the area.
#[unsafe(no_mangle)]
pub extern "C" fn clear(length: usize) {
    call(|memory| memory.io[..length].fill(0));
}

/// Prepares the key in the area, and wipes it there.
#[unsafe(no_mangle)]
pub extern "C" fn load(slot: usize, length: usize) {
    call(|memory| {
        let key = &mut memory.io[..length];
        memory.slots[slot].load(key);
        key.zeroize();
    });
}

/// Wipes a prepared key.
#[unsafe(no_mangle)]
pub extern "C" fn unload(slot: usize) {
    call(|memory| wipe(&mut memory.slots[slot]));
}

/// Writes the bytes of a prepared key into the area, and returns their number.
#[unsafe(no_mangle)]
pub extern "C" fn reveal(slot: usize) -> usize {
    call(|memory| {
        let key = &memory.slots[slot];
        let length = key.length as usize;
        memory.io[..length].copy_from_slice(&key.bytes[..length]);
        length
    })
}

/// Takes the IV off the area's beginning.
fn take_iv(io: &mut [u8]) -> [u8; IV] {
    let mut iv = [0; IV];
    iv.copy_from_slice(&io[..IV]);
    io[..IV].fill(0);
    iv
}

/// Seals in place: IV 12 ‖ additional data ‖ plaintext ‖ room for a tag.
#[unsafe(no_mangle)]
pub extern "C" fn seal(slot: usize, aad: usize, length: usize) {
    call(|memory| seal_in(&memory.slots[slot], &mut memory.io, aad, length));
}

/// Opens in place: IV 12 ‖ additional data ‖ ciphertext ‖ tag, where `length` is that of the plaintext. Returns 0 if
/// the tag is wrong.
#[unsafe(no_mangle)]
pub extern "C" fn open(slot: usize, aad: usize, length: usize) -> u32 {
    call(|memory| open_in(&memory.slots[slot], &mut memory.io, aad, length))
}

fn seal_in(key: &Key, io: &mut [u8; IO], aad: usize, length: usize) {
    let (iv, aad, data, _) = parts(io, aad, length, 0);
    gcm::seal(key, iv, aad, data);
    aad.fill(0);
}

fn open_in(key: &Key, io: &mut [u8; IO], aad: usize, length: usize) -> u32 {
    let (iv, aad, data, _) = parts(io, aad, length, 0);
    opened(gcm::open(key, iv, aad, data), aad, data)
}

/// Wipes what an opening leaves beside the plaintext.
fn opened(right: bool, aad: &mut [u8], data: &mut [u8]) -> u32 {
    aad.fill(0);
    let end = data.len() - TAG;
    data[end..].fill(0);
    u32::from(right)
}

/// Takes the area apart: IV 12 ‖ additional data ‖ data and tag ‖ `more` bytes.
fn parts(
    io: &mut [u8; IO],
    aad: usize,
    length: usize,
    more: usize,
) -> ([u8; IV], &mut [u8], &mut [u8], &mut [u8]) {
    let iv = take_iv(io);
    let (aad, rest) = io[IV..].split_at_mut(aad);
    let (data, rest) = rest.split_at_mut(length + TAG);
    (iv, aad, data, &mut rest[..more])
}

/// Seals as `seal` does, under the key of `key_length` bytes that follows the room for the tag.
#[unsafe(no_mangle)]
pub extern "C" fn seal_once(key_length: usize, aad: usize, length: usize) {
    call(|memory| {
        let (iv, aad, data, key) = parts(&mut memory.io, aad, length, key_length);
        gcm::seal_once(key, iv, aad, data);
        aad.fill(0);
        key.zeroize();
    });
}

/// Opens as `open` does, under the key that follows the tag.
#[unsafe(no_mangle)]
pub extern "C" fn open_once(key_length: usize, aad: usize, length: usize) -> u32 {
    call(|memory| {
        let (iv, aad, data, key) = parts(&mut memory.io, aad, length, key_length);
        let right = gcm::open_once(key, iv, aad, data);
        key.zeroize();
        opened(right, aad, data)
    })
}

/// Seals as `seal` does, under the HMAC-SHA-256 of key and input, which follow the room for the tag.
#[unsafe(no_mangle)]
pub extern "C" fn seal_derived(key_length: usize, input_length: usize, aad: usize, length: usize) {
    call(|memory| {
        let (iv, aad, data, inputs) = parts(&mut memory.io, aad, length, key_length + input_length);
        gcm::seal_once(&derived(inputs, key_length), iv, aad, data);
        aad.fill(0);
    });
}

/// Opens as `open` does, under the HMAC-SHA-256 of key and input, which follow the tag.
#[unsafe(no_mangle)]
pub extern "C" fn open_derived(key_length: usize, input_length: usize, aad: usize, length: usize) -> u32 {
    call(|memory| {
        let (iv, aad, data, inputs) = parts(&mut memory.io, aad, length, key_length + input_length);
        let right = gcm::open_once(&derived(inputs, key_length), iv, aad, data);
        opened(right, aad, data)
    })
}

/// Derives a key of key ‖ input, and wipes those.
fn derived(inputs: &mut [u8], key_length: usize) -> [u8; 32] {
    let (key, input) = inputs.split_at(key_length);
    let mut derived = [0; 64];
    hashes::hmac(256, key, input, &mut derived);
    inputs.zeroize();
    let mut key = [0; 32];
    key.copy_from_slice(&derived[..32]);
    key
}

/// Derives a committing message's key into a slot: data key 32 ‖ message id 32. Leaves the commitment, 32 bytes.
#[unsafe(no_mangle)]
pub extern "C" fn derive(slot: usize, suite: u32) {
    call(|memory| {
        let (inputs, rest) = memory.io.split_at_mut(2 * WORDS);
        let commitment = &mut rest[..WORDS];
        let mut key = [0; 32];
        hashes::derive(suite as u16, &inputs[..WORDS], &inputs[WORDS..], &mut key, commitment);
        memory.slots[slot].load(&key);
        inputs.zeroize();
        inputs[..WORDS].copy_from_slice(commitment);
        commitment.fill(0);
    });
}

/// Seals a framed body: message id ‖ plaintext. Leaves the body behind them, and wipes both.
#[unsafe(no_mangle)]
pub extern "C" fn seal_frames(slot: usize, id: usize, count: u32, frame_length: usize, length: usize) {
    call(|memory| {
        let (inputs, body) = memory.io.split_at_mut(id + length);
        let body = &mut body[..frames::body_length(count, length)];
        let (id, plaintext) = inputs.split_at(id);
        frames::seal(&memory.slots[slot], id, plaintext, count, frame_length, body);
        inputs.zeroize();
    });
}

/// Opens a framed body: message id ‖ body, where `length` is that of the plaintext. Leaves the plaintext behind them
/// and wipes both. Returns 0 if a byte is wrong; then the plaintext is wiped too.
#[unsafe(no_mangle)]
pub extern "C" fn open_frames(slot: usize, id: usize, count: u32, frame_length: usize, length: usize) -> u32 {
    call(|memory| {
        let (inputs, rest) = memory.io.split_at_mut(id + frames::body_length(count, length));
        let plaintext = &mut rest[..length];
        let (id, body) = inputs.split_at_mut(id);
        let right = frames::open(&memory.slots[slot], id, body, count, frame_length, plaintext);
        inputs.zeroize();
        if !right {
            plaintext.zeroize();
        }
        u32::from(right)
    })
}

/// Begins a streamed AES-GCM with the IV in the area. Ends an earlier one.
#[unsafe(no_mangle)]
pub extern "C" fn stream_begin(slot: usize) {
    call(|memory| {
        let iv = take_iv(&mut memory.io);
        memory.streamed.write(Gcm::new(&memory.slots[slot], iv, 0));
        memory.slot = slot;
        memory.streams = true;
    });
}

/// Takes additional data from the area. All pieces but the last have whole blocks.
#[unsafe(no_mangle)]
pub extern "C" fn stream_aad(length: usize) {
    call(|memory| {
        let (gcm, _, io) = streamed(memory);
        gcm.aad(&io[..length]);
        io[..length].fill(0);
    });
}

/// Encrypts in place. All pieces but the last have whole blocks.
#[unsafe(no_mangle)]
pub extern "C" fn stream_seal(length: usize) {
    call(|memory| {
        let (gcm, cipher, io) = streamed(memory);
        gcm.seal(cipher, &mut io[..length]);
    });
}

/// Decrypts in place. All pieces but the last have whole blocks.
#[unsafe(no_mangle)]
pub extern "C" fn stream_open(length: usize) {
    call(|memory| {
        let (gcm, cipher, io) = streamed(memory);
        gcm.absorb(&io[..length]);
        gcm.apply(cipher, &mut io[..length]);
    });
}

/// Ends the stream that sealed: leaves the tag in the area.
#[unsafe(no_mangle)]
pub extern "C" fn stream_tag() {
    call(|memory| {
        let (gcm, _, io) = streamed(memory);
        let tag = gcm.tag();
        io[..TAG].copy_from_slice(&tag);
        end_stream(memory);
    });
}

/// Ends the stream that opened: compares with the tag in the area. Returns 0 if it is wrong.
#[unsafe(no_mangle)]
pub extern "C" fn stream_check() -> u32 {
    call(|memory| {
        let (gcm, _, io) = streamed(memory);
        let right = gcm::is_same(&gcm.tag(), &io[..TAG]);
        io[..TAG].fill(0);
        end_stream(memory);
        u32::from(right)
    })
}

fn streamed(memory: &mut Memory) -> (&mut Gcm, &Cipher, &mut [u8; IO]) {
    assert!(memory.streams);
    // SAFETY: `stream_begin` wrote it.
    let gcm = unsafe { memory.streamed.assume_init_mut() };
    (gcm, &memory.slots[memory.slot].cipher, &mut memory.io)
}

fn end_stream(memory: &mut Memory) {
    wipe(&mut memory.streamed);
    memory.streams = false;
    memory.slot = 0;
}

/// Hashes bytes of the area, and leaves the hash. Returns its length, 0 if there is no hash of so many bits.
#[unsafe(no_mangle)]
pub extern "C" fn hash(bits: u32, length: usize) -> usize {
    call(|memory| {
        let mut digest = [0; 64];
        let found = hashes::hash(bits, &memory.io[..length], &mut digest);
        memory.io[..length].zeroize();
        memory.io[..found].copy_from_slice(&digest[..found]);
        found
    })
}

/// Computes the HMAC of key ‖ data in the area, and leaves it. Returns its length as `hash` does.
#[unsafe(no_mangle)]
pub extern "C" fn hmac(bits: u32, key_length: usize, length: usize) -> usize {
    call(|memory| {
        let (key, data) = memory.io[..key_length + length].split_at(key_length);
        let mut digest = [0; 64];
        let found = hashes::hmac(bits, key, data, &mut digest);
        memory.io[..key_length + length].zeroize();
        memory.io[..found].copy_from_slice(&digest[..found]);
        found
    })
}
