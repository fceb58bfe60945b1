//! Whole units of work for the provider `@securestring/provider-native`: AES-GCM, HMAC and HKDF of AWS-LC, all frames
//! of a body in one call, keys in memory that is locked and wiped. `node` is the border to JavaScript; nothing else
//! knows it, so that all else runs in Rust's own tests.

// The border uses some things that tests do not.
#![cfg_attr(test, allow(dead_code))]

mod aead;
mod digests;
mod fault;
mod frames;
mod key_table;
#[cfg(not(test))]
mod node;
mod units;
mod wiped;
