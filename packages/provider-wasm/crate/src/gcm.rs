//! AES-GCM (NIST SP 800-38D) with IVs of 12 bytes and tags of 16, over the crates `aes` and `ghash`.
//!
//! The portable AES of the crate encrypts four blocks in the time of one. So the blocks that a call needs (that of the
//! tag's mask and those of the counter) go through it together, and those that every message needs come with the key.

use aes::cipher::{Array, BlockCipherEncrypt, KeyInit};
use aes::{Aes128Enc, Aes192Enc, Aes256Enc, Block};
use ghash::GHash;
use ghash::universal_hash::UniversalHash;
use zeroize::Zeroize;

/// Bytes of a block.
pub const BLOCK: usize = 16;
/// Bytes of a tag.
pub const TAG: usize = 16;
/// Blocks that the crate encrypts at once.
const BATCH: usize = 4;
/// Blocks of key stream that are made at a time.
const STREAM: usize = 32;

/// An expanded key. `Empty` is zero, so that wiped memory holds an empty one.
#[repr(C, u32)]
#[derive(Clone)]
pub enum Cipher {
    Empty,
    Aes128(Aes128Enc),
    Aes192(Aes192Enc),
    Aes256(Aes256Enc),
}

impl Cipher {
    /// Expands a key of 16, 24 or 32 bytes.
    pub fn new(key: &[u8]) -> Option<Self> {
        match key.len() {
            16 => Aes128Enc::new_from_slice(key).ok().map(Self::Aes128),
            24 => Aes192Enc::new_from_slice(key).ok().map(Self::Aes192),
            32 => Aes256Enc::new_from_slice(key).ok().map(Self::Aes256),
            _ => None,
        }
    }

    #[inline(never)]
    fn encrypt(&self, blocks: &mut [Block]) {
        match self {
            Self::Empty => unreachable!(),
            Self::Aes128(cipher) => cipher.encrypt_blocks(blocks),
            Self::Aes192(cipher) => cipher.encrypt_blocks(blocks),
            Self::Aes256(cipher) => cipher.encrypt_blocks(blocks),
        }
    }
}

/// A prepared key.
#[repr(C)]
pub struct Key {
    pub cipher: Cipher,
    /// The key's bytes, for the callers that give it to another library.
    pub bytes: [u8; 32],
    pub length: u32,
    /// E(0), the key of GHASH.
    hash_key: Block,
    /// E of the counter blocks of `COMMON`.
    common: [Block; 3],
}

/// Counter blocks that nearly every message needs: the header's tag has the IV 0, and the first frame the IV 1.
const COMMON: [(u32, u32); 3] = [(0, 1), (1, 1), (1, 2)];

impl Key {
    pub const EMPTY: Self = Self {
        cipher: Cipher::Empty,
        bytes: [0; 32],
        length: 0,
        hash_key: Array([0; 16]),
        common: [Array([0; 16]); 3],
    };

    /// Prepares a key in place. A slice of another length leaves it empty.
    pub fn load(&mut self, key: &[u8]) {
        let Some(cipher) = Cipher::new(key) else { return };
        let mut blocks = [Block::default(); BATCH];
        for (block, (iv, counter)) in blocks[1..].iter_mut().zip(COMMON) {
            block[8..12].copy_from_slice(&iv.to_be_bytes());
            block[12..].copy_from_slice(&counter.to_be_bytes());
        }
        cipher.encrypt(&mut blocks);
        self.hash_key = blocks[0];
        self.common.copy_from_slice(&blocks[1..]);
        self.bytes[..key.len()].copy_from_slice(key);
        self.length = key.len() as u32;
        self.cipher = cipher;
    }
}

/// A sealing or opening in the making.
pub struct Gcm {
    hash: GHash,
    iv: [u8; 12],
    /// The counter of the next block of key stream that is made.
    counter: u32,
    stream: [Block; STREAM],
    used: usize,
    made: usize,
    mask: Block,
    aad_length: u64,
    length: u64,
}

impl Gcm {
    /// Begins with an IV. `expected` is the length of all data, or of the first piece of it.
    #[inline]
    pub fn new(key: &Key, iv: [u8; 12], expected: usize) -> Self {
        let mut gcm = Self::empty(&key.hash_key, iv);
        let blocks = expected.div_ceil(BLOCK);
        if iv[..8] == [0; 8] && iv[8..] == 1u32.to_be_bytes() {
            gcm.mask = key.common[1];
            gcm.stream[0] = key.common[2];
            gcm.made = 1;
            gcm.counter = 3;
        } else if blocks == 0 && iv == [0; 12] {
            gcm.mask = key.common[0];
            gcm.counter = 2;
        } else {
            gcm.refill(&key.cipher, blocks + 1);
            gcm.mask = gcm.stream[0];
            gcm.used = 1;
        }
        gcm
    }

    /// Begins under a key that is used once: E(0) goes through the AES with the blocks of the counter.
    #[inline]
    fn once(cipher: &Cipher, iv: [u8; 12], expected: usize) -> Self {
        let mut gcm = Self::empty(&Block::default(), iv);
        let count = whole_batches(expected.div_ceil(BLOCK) + 2);
        gcm.count(1, count);
        cipher.encrypt(&mut gcm.stream[..count]);
        gcm.hash = GHash::new(&gcm.stream[0]);
        gcm.mask = gcm.stream[1];
        gcm.used = 2;
        gcm.made = count;
        gcm
    }

    #[inline]
    fn empty(hash_key: &Block, iv: [u8; 12]) -> Self {
        Self {
            hash: GHash::new(hash_key),
            iv,
            counter: 1,
            stream: [Block::default(); STREAM],
            used: 0,
            made: 0,
            mask: Block::default(),
            aad_length: 0,
            length: 0,
        }
    }

    /// Makes key stream for `blocks` blocks, or as much as there is room for.
    #[inline]
    fn refill(&mut self, cipher: &Cipher, blocks: usize) {
        let count = whole_batches(blocks);
        self.count(0, count);
        cipher.encrypt(&mut self.stream[..count]);
        self.used = 0;
        self.made = count;
    }

    /// Writes the next blocks of the counter.
    #[inline]
    fn count(&mut self, from: usize, to: usize) {
        for block in &mut self.stream[from..to] {
            block[..12].copy_from_slice(&self.iv);
            block[12..].copy_from_slice(&self.counter.to_be_bytes());
            self.counter = self.counter.wrapping_add(1);
        }
    }

    /// Takes additional data. All pieces but the last have whole blocks.
    #[inline]
    pub fn aad(&mut self, aad: &[u8]) {
        self.hash.update_padded(aad);
        self.aad_length += aad.len() as u64;
    }

    /// Encrypts in place. All pieces but the last have whole blocks.
    #[inline]
    pub fn seal(&mut self, cipher: &Cipher, data: &mut [u8]) {
        self.apply(cipher, data);
        self.absorb(data);
    }

    /// Takes ciphertext into the tag.
    #[inline]
    pub fn absorb(&mut self, data: &[u8]) {
        self.hash.update_padded(data);
        self.length += data.len() as u64;
    }

    /// Combines the data with the key stream.
    #[inline]
    pub fn apply(&mut self, cipher: &Cipher, data: &mut [u8]) {
        let mut blocks = data.len().div_ceil(BLOCK);
        for chunk in data.chunks_mut(BLOCK) {
            if self.used == self.made {
                self.refill(cipher, blocks);
            }
            let stream = &self.stream[self.used];
            if let Ok(whole) = <&mut [u8; BLOCK]>::try_from(&mut *chunk) {
                let mixed = u128::from_ne_bytes(*whole) ^ u128::from_ne_bytes(stream.0);
                *whole = mixed.to_ne_bytes();
            } else {
                for (byte, mask) in chunk.iter_mut().zip(stream) {
                    *byte ^= mask;
                }
            }
            self.used += 1;
            blocks -= 1;
        }
    }

    /// Returns the tag. SP 800-38D §7.1, steps 5 and 6.
    #[inline]
    pub fn tag(&self) -> [u8; TAG] {
        let mut lengths = Block::default();
        lengths[..8].copy_from_slice(&(self.aad_length * 8).to_be_bytes());
        lengths[8..].copy_from_slice(&(self.length * 8).to_be_bytes());
        let mut hash = self.hash.clone();
        hash.update(&[lengths]);
        let digest = hash.finalize();
        let tag = u128::from_ne_bytes(digest.0) ^ u128::from_ne_bytes(self.mask.0);
        tag.to_ne_bytes()
    }
}

fn whole_batches(blocks: usize) -> usize {
    blocks.next_multiple_of(BATCH).min(STREAM)
}

/// Seals `data ‖ room for a tag` in place.
pub fn seal(key: &Key, iv: [u8; 12], aad: &[u8], data: &mut [u8]) {
    seal_by(Gcm::new(key, iv, data.len() - TAG), &key.cipher, aad, data);
}

/// Opens `ciphertext ‖ tag` in place. If the tag is wrong, nothing is decrypted, and the ciphertext is wiped.
pub fn open(key: &Key, iv: [u8; 12], aad: &[u8], data: &mut [u8]) -> bool {
    open_by(Gcm::new(key, iv, data.len() - TAG), &key.cipher, aad, data)
}

/// Seals as `seal` does, under a key of 16, 24 or 32 bytes that is not prepared.
pub fn seal_once(key: &[u8], iv: [u8; 12], aad: &[u8], data: &mut [u8]) {
    let cipher = Cipher::new(key).unwrap_or_else(|| unreachable!());
    seal_by(Gcm::once(&cipher, iv, data.len() - TAG), &cipher, aad, data);
}

/// Opens as `open` does, under such a key.
pub fn open_once(key: &[u8], iv: [u8; 12], aad: &[u8], data: &mut [u8]) -> bool {
    let cipher = Cipher::new(key).unwrap_or_else(|| unreachable!());
    open_by(Gcm::once(&cipher, iv, data.len() - TAG), &cipher, aad, data)
}

#[inline]
fn seal_by(mut gcm: Gcm, cipher: &Cipher, aad: &[u8], data: &mut [u8]) {
    let (data, tag) = data.split_at_mut(data.len() - TAG);
    gcm.aad(aad);
    gcm.seal(cipher, data);
    tag.copy_from_slice(&gcm.tag());
}

#[inline]
fn open_by(mut gcm: Gcm, cipher: &Cipher, aad: &[u8], data: &mut [u8]) -> bool {
    let (data, tag) = data.split_at_mut(data.len() - TAG);
    gcm.aad(aad);
    gcm.absorb(data);
    let right = is_same(&gcm.tag(), tag);
    if right {
        gcm.apply(cipher, data);
    } else {
        data.zeroize();
    }
    right
}

/// Compares in a time that does not depend on the content.
pub fn is_same(a: &[u8; TAG], b: &[u8]) -> bool {
    let mut difference = (a.len() ^ b.len()) as u8;
    for (x, y) in a.iter().zip(b) {
        difference |= x ^ y;
    }
    core::hint::black_box(difference) == 0
}
