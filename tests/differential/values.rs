//! Values and arrays in memory that processes share.

use crate::canon::{attempt, say};
use crate::case::{Case, case};
use mpviz::runtime::shared_value::Number;
use mpviz::runtime::{Array, Lock, Process, RLock, RawArray, RawValue, Result, Semaphore, Value};
use serde::Serialize;
use std::time::Duration;

pub(crate) const CASES: &[Case] = &[
    case!(value_of_each_type),
    case!(value_starts_at_zero),
    case!(value_of_a_child),
    case!(value_whose_update_is_lost),
    case!(value_updated_under_its_lock),
    case!(value_has_an_rlock),
    case!(value_with_a_given_rlock),
    case!(value_with_a_plain_lock_waits_for_itself),
    case!(value_without_its_lock),
    case!(value_without_a_lock),
    case!(array_items),
    case!(array_slices),
    case!(array_slices_set),
    case!(array_of_zeros),
    case!(array_of_none),
    case!(array_of_a_child),
    case!(array_under_its_lock),
    case!(array_without_a_lock),
];

fn start(target: impl FnOnce() -> Result<()>) -> Result<Process> {
    Process::new().start(target)
}

fn child(target: impl FnOnce() -> Result<()>) -> Result<()> {
    start(target)?.join()
}

fn value_of_each_type() -> Result<()> {
    fn of<T: Number + Serialize>(number: T, one: T) -> Result<()> {
        let value = Value::new(number)?;
        say("is", &value.get());
        value.set(one);
        say("then", &value.get());
        Ok(())
    }
    of(i8::MIN, 1)?;
    of(u8::MAX, 1)?;
    of(i16::MIN, 1)?;
    of(u16::MAX, 1)?;
    of(i32::MIN, 1)?;
    of(u32::MAX, 1)?;
    of(i64::MIN, 1)?;
    of(u64::MAX, 1)?;
    of(0.5f32, 1.0)?;
    of(-0.1f64, 1.0)
}

fn value_starts_at_zero() -> Result<()> {
    say("i", &Value::new(i32::default())?.get());
    say("d", &Value::new(f64::default())?.get());
    Ok(())
}

fn value_of_a_child() -> Result<()> {
    let value = Value::new(1)?;
    child(|| {
        say("child", &value.get());
        value.set(2);
        Ok(())
    })?;
    say("parent", &value.get());
    Ok(())
}

fn value_whose_update_is_lost() -> Result<()> {
    let value = Value::new(0)?;
    let (read, write) = (Semaphore::new(0)?, Semaphore::new(0)?);
    let target = || {
        let seen = value.get();
        read.release()?;
        write.acquire();
        value.set(seen + 1);
        Ok(())
    };
    let processes = [start(target)?, start(target)?];
    for _ in &processes {
        read.acquire();
    }
    for _ in &processes {
        write.release()?;
    }
    for process in &processes {
        process.join()?;
    }
    say("value", &value.get());
    Ok(())
}

fn value_updated_under_its_lock() -> Result<()> {
    let value = Value::new(0)?;
    let target = || {
        for _ in 0..200 {
            let _held = value.get_lock().guard();
            value.set(value.get() + 1);
        }
        Ok(())
    };
    let processes = (0..4).map(|_| start(target)).collect::<Result<Vec<_>>>()?;
    for process in processes {
        process.join()?;
    }
    say("value", &value.get());
    Ok(())
}

fn value_has_an_rlock() -> Result<()> {
    let value = Value::new(7)?;
    value.get_lock().with(|| {
        value.get_lock().with(|| say("value", &value.get()));
        child(|| {
            say("child", &value.get_lock().try_acquire());
            Ok(())
        })
    })?;
    attempt("released too often", value.get_lock().release());
    Ok(())
}

fn value_with_a_given_rlock() -> Result<()> {
    let lock = RLock::new()?;
    let value = Value::with_lock(7, &lock)?;
    lock.with(|| {
        say("value", &value.get());
        child(|| {
            say("child", &value.get_lock().try_acquire());
            Ok(())
        })
    })
}

fn value_with_a_plain_lock_waits_for_itself() -> Result<()> {
    let lock = Lock::new()?;
    let value = Value::with_lock(7, &lock)?;
    say("value", &value.get());
    let process = start(|| {
        lock.with(|| value.get());
        Ok(())
    })?;
    process.join_timeout(Duration::from_millis(300))?;
    say("hangs", &process.exitcode()?.is_none());
    process.kill()?;
    process.join()
}

fn value_without_its_lock() -> Result<()> {
    let value = Value::new(7)?;
    value.get_lock().with(|| {
        child(|| {
            say("child", &value.get_obj().get());
            Ok(())
        })
    })
}

fn value_without_a_lock() -> Result<()> {
    let value = RawValue::new(7)?;
    child(|| {
        value.set(value.get() + 1);
        Ok(())
    })?;
    say("value", &value.get());
    let raw = RawValue::new(1.5)?;
    raw.set(raw.get() * 2.0);
    say("raw", &raw.get());
    Ok(())
}

fn array_items() -> Result<()> {
    let array = Array::new(&[1, 2, 3])?;
    say("len", &array.len());
    let items = (0..3).map(|at| array.get(at));
    say("items", &items.collect::<Result<Vec<i32>>>()?);
    attempt("beyond", array.get(3));
    array.set(1, 20)?;
    say("set", &array.get(1)?);
    attempt("set beyond", array.set(3, 1));
    say("all", &array.to_vec());
    Ok(())
}

fn array_slices() -> Result<()> {
    let array = Array::new(&[1, 2, 3, 4])?;
    say("middle", &array.slice(1..3));
    say("from", &array.slice(2..));
    say("to", &array.slice(..2));
    say("beyond the end", &array.slice(2..100));
    say("behind the end", &array.slice(9..));
    let (first, end) = (3, 1);
    say("none", &array.slice(first..end));
    Ok(())
}

fn array_slices_set() -> Result<()> {
    let array = Array::new(&[1, 2, 3, 4])?;
    let put = |what: &str, first: usize, end: usize, values: &[i32]| {
        attempt(what, array.set_slice(first..end, values));
        say("all", &array.to_vec());
    };
    put("same", 1, 3, &[20, 30]);
    put("too few", 1, 3, &[9]);
    put("too many", 1, 3, &[9, 9, 9]);
    put("clamped", 3, 100, &[40]);
    put("none", 2, 2, &[]);
    Ok(())
}

fn array_of_zeros() -> Result<()> {
    let array = Array::<f64>::zeroed(3)?;
    say("all", &array.to_vec());
    say("len", &array.len());
    Ok(())
}

fn array_of_none() -> Result<()> {
    let array = Array::<i32>::zeroed(0)?;
    say("len", &array.len());
    say("all", &array.to_vec());
    attempt("first", array.get(0));
    Ok(())
}

fn array_of_a_child() -> Result<()> {
    let array = Array::new(&[0i16, 1, 2, 3])?;
    child(|| {
        for at in 0..array.len() {
            array.set(at, array.get(at)? * -10)?;
        }
        Ok(())
    })?;
    say("all", &array.to_vec());
    Ok(())
}

fn array_under_its_lock() -> Result<()> {
    let array = Array::<i32>::zeroed(2)?;
    let target = || {
        for _ in 0..100 {
            let _held = array.get_lock().guard();
            array.set(0, array.get(0)? + 1)?;
            array.set(1, array.get(1)? - 1)?;
        }
        Ok(())
    };
    let processes = (0..3).map(|_| start(target)).collect::<Result<Vec<_>>>()?;
    for process in processes {
        process.join()?;
    }
    say("all", &array.to_vec());
    Ok(())
}

fn array_without_a_lock() -> Result<()> {
    let array = RawArray::new(&[1u8, 2, 3])?;
    child(|| array.set(1, 200))?;
    say("all", &array.to_vec());
    attempt("beyond", array.get(3));
    say("slice", &array.slice(1..));
    Ok(())
}
