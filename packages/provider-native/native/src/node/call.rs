//! One call from JavaScript: its arguments, its answer, and the errors that it throws.
//!
//! An argument for bytes is a `Uint8Array`, or a number n: the next n bytes of the scratch memory, the call's first
//! argument. Short arrays come in that way, since V8 keeps them inside of its heap, and would move them out, at the
//! price of several calls, to give an address to anyone.

use super::Work;
use super::api::{self, CallbackInfo, Env, Value};
use crate::fault::Fault;
use crate::key_table::KeyTable;
use crate::wiped::WipedCopy;
use std::ffi::{CString, c_void};
use std::marker::PhantomData;
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::{NonNull, null_mut};

const MOST_ARGUMENTS: usize = 7;

/// What a function returns.
pub enum Answer {
    Nothing,
    Boolean(bool),
    Number(u32),
}

/// The arguments of one call, which has the lifetime `'call`: in it no JavaScript runs, and every array stays.
pub struct Call<'call> {
    env: Env,
    values: [Value; MOST_ARGUMENTS],
    scratch: Span<'call>,
    /// Bytes of the scratch memory that arguments have taken so far.
    taken: usize,
}

/// Where an argument's bytes are. No reference to them exists before it is known which of them overlap.
#[derive(Clone, Copy)]
pub struct Span<'call> {
    start: NonNull<u8>,
    length: usize,
    /// Whether other threads may write to it at any time.
    is_shared: bool,
    during: PhantomData<&'call [u8]>,
}

/// Bytes that stay as they are during the call.
pub enum Input<'call> {
    Theirs(&'call [u8]),
    Ours(WipedCopy),
}

/// Runs the function whose address came with it, and turns what it returns, or fails with, into JavaScript's.
///
/// # Safety
///
/// Node calls it, with data that is a `Work`.
pub unsafe extern "C" fn run(env: Env, info: CallbackInfo) -> Value {
    let result = catch_unwind(AssertUnwindSafe(|| {
        let mut values = [null_mut(); MOST_ARGUMENTS];
        let mut count = MOST_ARGUMENTS;
        let mut data = null_mut();
        // SAFETY: the array has room for that many values; Node fills those that are missing with `undefined`.
        let status =
            unsafe { api::napi_get_cb_info(env, info, &mut count, values.as_mut_ptr(), null_mut(), &mut data) };
        if status != api::OK {
            return Err(Fault::Internal("Node gave no arguments"));
        }
        // SAFETY: the data of every function of this module is a `Work`.
        let work = unsafe { std::mem::transmute::<*mut c_void, Work>(data) };
        let scratch = typed_array(env, values[0])?;
        let mut call = Call { env, values, scratch, taken: 0 };
        work(&mut call)
    }));
    match result {
        Ok(Ok(answer)) => answer.into_value(env),
        Ok(Err(fault)) => throw(env, &fault),
        Err(_) => throw(env, &Fault::Internal("The native provider failed")),
    }
}

impl<'call> Call<'call> {
    /// The keys of the calling environment.
    pub fn keys(&mut self) -> Result<&mut KeyTable, Fault> {
        let mut keys = null_mut();
        // SAFETY: Node writes the pointer that it was given.
        unsafe { api::napi_get_instance_data(self.env, &mut keys) };
        // SAFETY: it is the box that the module made for this environment, whose only thread runs this call alone; the
        // reference ends before the call does, and no other is made while it lasts.
        unsafe { keys.cast::<KeyTable>().as_mut() }.ok_or(Fault::Internal("The environment has ended"))
    }

    /// Returns the argument at `index`, a whole number of 32 bits.
    pub fn number(&self, index: usize) -> Result<u32, Fault> {
        let mut number = 0.0;
        // SAFETY: the value is an argument of this call.
        let status = unsafe { api::napi_get_value_double(self.env, self.values[index], &mut number) };
        if status != api::OK {
            return Err(Fault::Type("A number is missing."));
        }
        let whole = number as u32;
        if f64::from(whole) != number {
            return Err(Fault::Range(format!("{number} is not a whole number from 0 to 2^32 - 1.")));
        }
        Ok(whole)
    }

    /// Returns where the bytes of the argument at `index` are. Those in the scratch memory are asked for in order.
    pub fn span(&mut self, index: usize) -> Result<Span<'call>, Fault> {
        let mut number = 0.0;
        // SAFETY: the value is an argument of this call.
        if unsafe { api::napi_get_value_double(self.env, self.values[index], &mut number) } != api::OK {
            return typed_array(self.env, self.values[index]);
        }
        let length = self.number(index)? as usize;
        if length > self.scratch.length - self.taken {
            return Err(Fault::Range("The scratch memory is too short.".to_owned()));
        }
        // SAFETY: the sum is at most the length of the scratch memory.
        let start = unsafe { self.scratch.start.add(self.taken) };
        self.taken += length;
        Ok(Span { start, length, ..self.scratch })
    }
}

impl<'call> Span<'call> {
    /// Returns the bytes, for a call that writes to `output`. Where these overlap, or another thread may write, it is a
    /// copy, so that every byte is read once and stays what it was.
    pub fn read(self, output: &Span) -> Input<'call> {
        let (start, other) = (self.start.as_ptr() as usize, output.start.as_ptr() as usize);
        let overlaps = start < other + output.length && other < start + self.length;
        if overlaps || self.is_shared { Input::Ours(self.copied()) } else { self.read_alone() }
    }

    /// Returns the bytes, for a call that writes to no array.
    pub fn read_alone(self) -> Input<'call> {
        if self.is_shared {
            return Input::Ours(self.copied());
        }
        // SAFETY: the array lives as long as the call, in which no JavaScript runs; nothing else writes to it, as
        // `read` has made sure.
        Input::Theirs(unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.length) })
    }

    /// Returns the bytes to write to.
    pub fn write(self) -> Result<&'call mut [u8], Fault> {
        if self.is_shared {
            return Err(Fault::Type("The output must not be in shared memory."));
        }
        // SAFETY: as above; whatever overlaps was copied, and each function writes to one array.
        Ok(unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.length) })
    }

    fn copied(self) -> WipedCopy {
        let mut bytes = vec![0_u8; self.length];
        for (i, byte) in bytes.iter_mut().enumerate() {
            // SAFETY: the index is below the length. Others may write meanwhile, so the compiler must read it once.
            *byte = unsafe { self.start.as_ptr().add(i).read_volatile() };
        }
        WipedCopy(bytes)
    }
}

impl Deref for Input<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Theirs(bytes) => bytes,
            Self::Ours(copy) => &copy.0,
        }
    }
}

impl Answer {
    fn into_value(self, env: Env) -> Value {
        let mut value = null_mut();
        // SAFETY: Node writes the value's handle, and null means `undefined`.
        unsafe {
            match self {
                Self::Nothing => api::OK,
                Self::Boolean(boolean) => api::napi_get_boolean(env, boolean, &mut value),
                Self::Number(number) => api::napi_create_uint32(env, number, &mut value),
            }
        };
        value
    }
}

/// Returns where the bytes of a `Uint8Array` are, by what Node says of it.
fn typed_array<'call>(env: Env, value: Value) -> Result<Span<'call>, Fault> {
    let (mut kind, mut length, mut data, mut buffer) = (0, 0, null_mut(), null_mut());
    // SAFETY: Node checks the value, and writes to these variables.
    let status = unsafe {
        api::napi_get_typedarray_info(env, value, &mut kind, &mut length, &mut data, &mut buffer, null_mut())
    };
    if status != api::OK || kind != api::UINT8_ARRAY {
        return Err(Fault::Type("Bytes must be a Uint8Array."));
    }
    let (mut is_plain, mut is_detached) = (false, false);
    // SAFETY: as above.
    unsafe { api::napi_is_arraybuffer(env, buffer, &mut is_plain) };
    if length == 0 && is_plain {
        // SAFETY: as above.
        unsafe { api::napi_is_detached_arraybuffer(env, buffer, &mut is_detached) };
    }
    if is_detached {
        return Err(Fault::Type("The buffer of a Uint8Array is detached."));
    }
    // An empty array may have no address.
    let start = if length == 0 { NonNull::dangling() } else { NonNull::new(data.cast()).ok_or(NO_ADDRESS)? };
    Ok(Span { start, length, is_shared: !is_plain, during: PhantomData })
}

const NO_ADDRESS: Fault = Fault::Type("A Uint8Array has no memory.");

fn throw(env: Env, fault: &Fault) -> Value {
    let (text, throw): (&str, unsafe extern "C" fn(Env, *const _, *const _) -> _) = match fault {
        Fault::Type(text) => (text, api::napi_throw_type_error),
        Fault::Range(text) => (text, api::napi_throw_range_error),
        Fault::Internal(text) => (text, api::napi_throw_error),
    };
    let text = CString::new(text).unwrap_or_default();
    // SAFETY: the text ends with a zero and outlives the call; Node throws when this function has returned.
    unsafe { throw(env, std::ptr::null(), text.as_ptr()) };
    null_mut()
}
