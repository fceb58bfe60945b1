//! The prepared keys of one JavaScript environment, in pages that the system is asked to keep in memory, and out of
//! core dumps. A key has its place in them from its making to its closing, and is wiped there.

use crate::aead::Aead;
use crate::fault::Fault;
use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};
use std::mem::MaybeUninit;
use std::ptr::NonNull;

/// Keys of one run of pages.
const RUN: usize = 64;
/// Keys of a table, 10 MB of them. Beyond these, `open` makes none.
const MOST: usize = 256 * RUN;
/// The largest page of the systems that this runs on.
const PAGE: usize = 16384;

/// Keys by number. A number is given again after its key was closed.
#[derive(Default)]
pub struct KeyTable {
    runs: Vec<Run>,
    free: Vec<u32>,
    is_open: Vec<bool>,
}

impl KeyTable {
    /// Makes a key by `make`, in its place, and returns its number; `None` if the table is full.
    pub fn open(
        &mut self,
        make: impl FnOnce(&mut MaybeUninit<Aead>) -> Result<(), Fault>,
    ) -> Result<Option<u32>, Fault> {
        if self.free.is_empty() && !self.grow() {
            return Ok(None);
        }
        let Some(&number) = self.free.last() else { return Ok(None) };
        make(self.place(number as usize))?;
        self.free.pop();
        self.is_open[number as usize] = true;
        Ok(Some(number))
    }

    /// Returns an open key.
    pub fn key(&mut self, number: u32) -> Result<&Aead, Fault> {
        if self.is_open.get(number as usize) != Some(&true) {
            return Err(Fault::Internal("The key is closed"));
        }
        // SAFETY: the key was made when its number was given, and is not yet closed.
        Ok(unsafe { self.place(number as usize).assume_init_ref() })
    }

    /// Wipes a key. A number that has none is left as it is.
    pub fn close(&mut self, number: u32) {
        if self.is_open.get(number as usize) != Some(&true) {
            return;
        }
        self.is_open[number as usize] = false;
        // SAFETY: as above; from here on it counts as closed.
        unsafe { self.place(number as usize).assume_init_drop() };
        self.free.push(number);
    }

    fn place(&mut self, number: usize) -> &mut MaybeUninit<Aead> {
        &mut self.runs[number / RUN].places()[number % RUN]
    }

    /// Adds a run of pages, unless the table has all that it may have.
    fn grow(&mut self) -> bool {
        let known = self.is_open.len();
        if known == MOST {
            return false;
        }
        self.runs.push(Run::new());
        self.is_open.resize(known + RUN, false);
        // The last is given first, and so the lowest.
        self.free.extend((known..known + RUN).rev().map(|number| number as u32));
        true
    }
}

impl Drop for KeyTable {
    fn drop(&mut self) {
        for number in 0..self.is_open.len() {
            self.close(number as u32);
        }
    }
}

/// Whole pages with places for keys.
struct Run(NonNull<MaybeUninit<Aead>>);

impl Run {
    fn layout() -> Layout {
        let length = (RUN * size_of::<Aead>()).next_multiple_of(PAGE);
        Layout::from_size_align(length, PAGE).unwrap_or_else(|_| unreachable!("a few pages are a layout"))
    }

    fn new() -> Self {
        let layout = Self::layout();
        // SAFETY: the layout has a size.
        let start = unsafe { alloc_zeroed(layout) };
        let Some(places) = NonNull::new(start.cast()) else { handle_alloc_error(layout) };
        pages::keep(start, layout.size());
        Self(places)
    }

    fn places(&mut self) -> &mut [MaybeUninit<Aead>] {
        // SAFETY: the run has this many places, aligned to a page, and this is the only reference to them.
        unsafe { std::slice::from_raw_parts_mut(self.0.as_ptr(), RUN) }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let layout = Self::layout();
        let start = self.0.as_ptr().cast();
        pages::release(start, layout.size());
        // SAFETY: it was allocated with this layout.
        unsafe { dealloc(start, layout) };
    }
}

/// What the system does for pages with secrets. A system that refuses, as for a limit, changes nothing else.
#[cfg(unix)]
mod pages {
    use std::ffi::{c_int, c_void};

    unsafe extern "C" {
        fn mlock(start: *const c_void, length: usize) -> c_int;
        fn munlock(start: *const c_void, length: usize) -> c_int;
        #[cfg(target_os = "linux")]
        fn madvise(start: *mut c_void, length: usize, advice: c_int) -> c_int;
    }

    #[cfg(target_os = "linux")]
    const DO_NOT_DUMP: c_int = 16;
    #[cfg(target_os = "linux")]
    const DO_DUMP: c_int = 17;

    /// Keeps pages out of swap, and of core dumps.
    pub fn keep(start: *mut u8, length: usize) {
        // SAFETY: the pages are whole, and ours; neither call changes what is in them.
        unsafe {
            mlock(start.cast(), length);
            #[cfg(target_os = "linux")]
            madvise(start.cast(), length, DO_NOT_DUMP);
        }
    }

    /// Gives the pages back to what they were.
    pub fn release(start: *mut u8, length: usize) {
        // SAFETY: as above.
        unsafe {
            #[cfg(target_os = "linux")]
            madvise(start.cast(), length, DO_DUMP);
            munlock(start.cast(), length);
        }
    }
}

#[cfg(not(unix))]
mod pages {
    pub fn keep(_start: *mut u8, _length: usize) {}

    pub fn release(_start: *mut u8, _length: usize) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(table: &mut KeyTable, byte: u8) -> Option<u32> {
        table.open(|place| Aead::prepare(place, &[byte; 32]).map(drop)).expect("a key of 32 bytes")
    }

    fn tag(table: &mut KeyTable, number: u32) -> [u8; 16] {
        let mut tag = [0; 16];
        table.key(number).expect("an open key").seal(&[0; 12], b"", b"", &mut tag).expect("lengths");
        tag
    }

    #[test]
    fn keeps_keys_apart_until_they_are_closed() {
        let mut table = KeyTable::default();
        let numbers: Vec<u32> = (0..200).map(|byte| open(&mut table, byte).expect("room")).collect();
        assert_eq!(numbers, (0..200).collect::<Vec<u32>>());
        let tags: std::collections::HashSet<_> = numbers.iter().map(|&number| tag(&mut table, number)).collect();
        assert_eq!(tags.len(), 200);
        table.close(7);
        assert!(table.key(7).is_err());
        table.close(7);
        table.close(70_000);
        assert!(table.key(200).is_err());
        assert_eq!(open(&mut table, 9), Some(7));
        assert_eq!(tag(&mut table, 7), tag(&mut table, 9));
        assert_eq!(open(&mut table, 1), Some(200));
    }

    #[test]
    fn wipes_the_place_of_a_key() {
        let mut table = KeyTable::default();
        open(&mut table, 1);
        let place = table.place(0).as_ptr().cast::<u8>();
        // SAFETY: the run stays as long as the table, and was zero at first, padding and all.
        let bytes = || unsafe { std::slice::from_raw_parts(place, size_of::<Aead>()).to_vec() };
        assert!(bytes().iter().any(|&byte| byte != 0));
        table.close(0);
        assert!(bytes().iter().all(|&byte| byte == 0));
    }

    #[test]
    fn has_a_bound() {
        let mut table = KeyTable::default();
        for number in 0..MOST {
            assert_eq!(open(&mut table, 1), Some(number as u32));
        }
        assert_eq!(open(&mut table, 1), None);
        table.close(5);
        assert_eq!(open(&mut table, 1), Some(5));
    }

    #[test]
    fn gives_no_number_to_a_key_that_was_not_made() {
        let mut table = KeyTable::default();
        assert!(table.open(|place| Aead::prepare(place, &[0; 31]).map(drop)).is_err());
        assert!(table.key(0).is_err());
        assert_eq!(open(&mut table, 1), Some(0));
    }
}
