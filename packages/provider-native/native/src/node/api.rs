//! The part of Node-API that this module uses, version 8 of it: <https://nodejs.org/api/n-api.html>. The functions are
//! those of the program that loads the library.

use std::ffi::{c_char, c_int, c_void};

/// An environment: one JavaScript heap that has loaded the module.
pub type Env = *mut c_void;
/// A value of JavaScript, for the time of a call.
pub type Value = *mut c_void;
/// The arguments of a call.
pub type CallbackInfo = *mut c_void;
pub type Callback = unsafe extern "C" fn(Env, CallbackInfo) -> Value;
pub type Finalizer = unsafe extern "C" fn(Env, *mut c_void, *mut c_void);
pub type Status = c_int;

pub const OK: Status = 0;
/// The type of a `Uint8Array`, in the list of typed arrays.
pub const UINT8_ARRAY: c_int = 1;

#[cfg_attr(windows, link(name = "node.exe", kind = "raw-dylib", modifiers = "+verbatim"))]
unsafe extern "C" {
    pub fn napi_get_cb_info(
        env: Env,
        info: CallbackInfo,
        count: *mut usize,
        values: *mut Value,
        this: *mut Value,
        data: *mut *mut c_void,
    ) -> Status;
    pub fn napi_get_typedarray_info(
        env: Env,
        value: Value,
        kind: *mut c_int,
        length: *mut usize,
        data: *mut *mut c_void,
        buffer: *mut Value,
        offset: *mut usize,
    ) -> Status;
    pub fn napi_is_arraybuffer(env: Env, value: Value, result: *mut bool) -> Status;
    pub fn napi_is_detached_arraybuffer(env: Env, value: Value, result: *mut bool) -> Status;
    pub fn napi_get_value_double(env: Env, value: Value, result: *mut f64) -> Status;
    pub fn napi_create_uint32(env: Env, number: u32, result: *mut Value) -> Status;
    pub fn napi_get_boolean(env: Env, value: bool, result: *mut Value) -> Status;
    pub fn napi_create_function(
        env: Env,
        name: *const c_char,
        length: usize,
        callback: Callback,
        data: *mut c_void,
        result: *mut Value,
    ) -> Status;
    pub fn napi_set_named_property(env: Env, object: Value, name: *const c_char, value: Value) -> Status;
    pub fn napi_set_instance_data(env: Env, data: *mut c_void, finalize: Finalizer, hint: *mut c_void) -> Status;
    pub fn napi_get_instance_data(env: Env, data: *mut *mut c_void) -> Status;
    pub fn napi_throw_error(env: Env, code: *const c_char, text: *const c_char) -> Status;
    pub fn napi_throw_type_error(env: Env, code: *const c_char, text: *const c_char) -> Status;
    pub fn napi_throw_range_error(env: Env, code: *const c_char, text: *const c_char) -> Status;
}
