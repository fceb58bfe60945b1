//! The border to JavaScript: the module's functions, and what each takes. All of them take first the scratch memory in
//! which short arrays arrive (see `call`).

mod api;
mod call;

use crate::digests::Digest;
use crate::fault::{Fault, require_success};
use crate::frames::{open_frames, seal_frames};
use crate::key_table::KeyTable;
use crate::units::{derive_message_key, with_derived_key};
use aws_lc_sys::RAND_bytes;
use call::{Answer, Call};
use std::ffi::{CStr, c_void};

/// A function of the module.
type Work = for<'call> fn(&mut Call<'call>) -> Result<Answer, Fault>;

const FUNCTIONS: [(&CStr, Work); 13] = [
    (c"openKey", open_key),
    (c"closeKey", close_key),
    (c"seal", seal),
    (c"open", open),
    (c"sealFrames", seal_all_frames),
    (c"openFrames", open_all_frames),
    (c"deriveMessageKey", derive),
    (c"sealDerived", seal_derived),
    (c"openDerived", open_derived),
    (c"hash", hash),
    (c"hmac", hmac),
    (c"hkdfExpand", hkdf_expand),
    (c"randomFill", random_fill),
];

/// (key) => number of the prepared key, or undefined if there are too many
fn open_key(call: &mut Call) -> Result<Answer, Fault> {
    let key = call.span(1)?.read_alone();
    let number = call.keys()?.open(|place| crate::aead::Aead::prepare(place, &key).map(drop));
    crate::wiped::wipe_stack();
    Ok(number?.map_or(Answer::Nothing, Answer::Number))
}

/// (number)
fn close_key(call: &mut Call) -> Result<Answer, Fault> {
    let number = call.number(1)?;
    call.keys()?.close(number);
    Ok(Answer::Nothing)
}

/// (number, iv, aad, plaintext, output)
fn seal(call: &mut Call) -> Result<Answer, Fault> {
    let number = call.number(1)?;
    let (iv, aad, plaintext, output) = (call.span(2)?, call.span(3)?, call.span(4)?, call.span(5)?);
    let (iv, aad, plaintext) = (iv.read(&output), aad.read(&output), plaintext.read(&output));
    call.keys()?.key(number)?.seal(&iv, &aad, &plaintext, output.write()?)?;
    Ok(Answer::Nothing)
}

/// (number, iv, aad, sealed, output) => whether the tag is right
fn open(call: &mut Call) -> Result<Answer, Fault> {
    let number = call.number(1)?;
    let (iv, aad, sealed, output) = (call.span(2)?, call.span(3)?, call.span(4)?, call.span(5)?);
    let (iv, aad, sealed) = (iv.read(&output), aad.read(&output), sealed.read(&output));
    Ok(Answer::Boolean(call.keys()?.key(number)?.open(&iv, &aad, &sealed, output.write()?)?))
}

/// (number, message id, plaintext, frame length, body)
fn seal_all_frames(call: &mut Call) -> Result<Answer, Fault> {
    let (number, frame_length) = (call.number(1)?, call.number(4)?);
    let (id, plaintext, body) = (call.span(2)?, call.span(3)?, call.span(5)?);
    let (id, plaintext) = (id.read(&body), plaintext.read(&body));
    seal_frames(call.keys()?.key(number)?, &id, &plaintext, frame_length as usize, body.write()?)?;
    Ok(Answer::Nothing)
}

/// (number, message id, body, frame length, plaintext) => whether all of the body is right
fn open_all_frames(call: &mut Call) -> Result<Answer, Fault> {
    let (number, frame_length) = (call.number(1)?, call.number(4)?);
    let (id, body, plaintext) = (call.span(2)?, call.span(3)?, call.span(5)?);
    let (id, body) = (id.read(&plaintext), body.read(&plaintext));
    let key = call.keys()?.key(number)?;
    Ok(Answer::Boolean(open_frames(key, &id, &body, frame_length as usize, plaintext.write()?)?))
}

/// (suite id, data key, message id, commitment) => number of the prepared key, or undefined if there are too many
fn derive(call: &mut Call) -> Result<Answer, Fault> {
    let suite = call.number(1)?;
    let (data_key, id, commitment) = (call.span(2)?, call.span(3)?, call.span(4)?);
    let (data_key, id) = (data_key.read(&commitment), id.read(&commitment));
    let number = derive_message_key(call.keys()?, suite, &data_key, &id, commitment.write()?)?;
    Ok(number.map_or(Answer::Nothing, Answer::Number))
}

/// (key, input, iv, aad, plaintext, output)
fn seal_derived(call: &mut Call) -> Result<Answer, Fault> {
    let (key, input, iv) = (call.span(1)?, call.span(2)?, call.span(3)?);
    let (aad, plaintext, output) = (call.span(4)?, call.span(5)?, call.span(6)?);
    let (key, input, iv) = (key.read(&output), input.read(&output), iv.read(&output));
    let (aad, plaintext, output) = (aad.read(&output), plaintext.read(&output), output.write()?);
    with_derived_key(&key, &input, |derived| derived.seal(&iv, &aad, &plaintext, output))?;
    Ok(Answer::Nothing)
}

/// (key, input, iv, aad, sealed, output) => whether the tag is right
fn open_derived(call: &mut Call) -> Result<Answer, Fault> {
    let (key, input, iv) = (call.span(1)?, call.span(2)?, call.span(3)?);
    let (aad, sealed, output) = (call.span(4)?, call.span(5)?, call.span(6)?);
    let (key, input, iv) = (key.read(&output), input.read(&output), iv.read(&output));
    let (aad, sealed, output) = (aad.read(&output), sealed.read(&output), output.write()?);
    with_derived_key(&key, &input, |derived| derived.open(&iv, &aad, &sealed, output)).map(Answer::Boolean)
}

/// (hash function, data, output)
fn hash(call: &mut Call) -> Result<Answer, Fault> {
    let digest = Digest::named(call.number(1)?)?;
    let (data, output) = (call.span(2)?, call.span(3)?);
    digest.hash(&data.read(&output), output.write()?)?;
    Ok(Answer::Nothing)
}

/// (hash function, key, data, output)
fn hmac(call: &mut Call) -> Result<Answer, Fault> {
    let digest = Digest::named(call.number(1)?)?;
    let (key, data, output) = (call.span(2)?, call.span(3)?, call.span(4)?);
    let (key, data) = (key.read(&output), data.read(&output));
    let result = digest.hmac(&key, &data, output.write()?);
    crate::wiped::wipe_stack();
    result.map(|()| Answer::Nothing)
}

/// (hash function, pseudorandom key, info, output)
fn hkdf_expand(call: &mut Call) -> Result<Answer, Fault> {
    let digest = Digest::named(call.number(1)?)?;
    let (key, info, output) = (call.span(2)?, call.span(3)?, call.span(4)?);
    let (key, info) = (key.read(&output), info.read(&output));
    digest.expand(&key, &info, output.write()?)?;
    Ok(Answer::Nothing)
}

/// (output)
fn random_fill(call: &mut Call) -> Result<Answer, Fault> {
    let output = call.span(1)?.write()?;
    // SAFETY: the pointer and the length are those of one slice.
    let status = unsafe { RAND_bytes(output.as_mut_ptr(), output.len()) };
    require_success(status, "AWS-LC has no random bytes")?;
    Ok(Answer::Nothing)
}

/// What Node calls for every environment that loads the module: the main thread, and each worker.
///
/// # Safety
///
/// Node calls it, with an environment and an object of its own.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn napi_register_module_v1(env: api::Env, exports: api::Value) -> api::Value {
    // A panic becomes an error of JavaScript, and so has nothing to print. The hook is this library's own.
    std::panic::set_hook(Box::new(|_| {}));
    let keys = Box::into_raw(Box::<KeyTable>::default());
    // SAFETY: `env` and `exports` are Node's; `keys` is given to Node, which gives it back to `forget` once.
    unsafe {
        if api::napi_set_instance_data(env, keys.cast(), forget, std::ptr::null_mut()) != api::OK {
            drop(Box::from_raw(keys));
            return std::ptr::null_mut();
        }
        for (name, work) in FUNCTIONS {
            let mut function = std::ptr::null_mut();
            let data = work as *mut c_void;
            if api::napi_create_function(env, name.as_ptr(), usize::MAX, call::run, data, &mut function) != api::OK
                || api::napi_set_named_property(env, exports, name.as_ptr(), function) != api::OK
            {
                return std::ptr::null_mut();
            }
        }
    }
    exports
}

/// Wipes all keys of an environment that ends.
unsafe extern "C" fn forget(_env: api::Env, keys: *mut c_void, _hint: *mut c_void) {
    // SAFETY: it is the box of `napi_register_module_v1`, and Node calls this once.
    drop(unsafe { Box::from_raw(keys.cast::<KeyTable>()) });
}
