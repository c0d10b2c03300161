//! Small files that a person names: settings, certificates, keys.
//!
//! They may be pipes (`<(command)` of a shell) or devices, so neither their size nor their end is trusted: reading stops
//! at a limit, and a pipe into which nobody writes is given up. What stands in them is for others to check.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(5); // for the next bytes of a pipe
const POLL: Duration = Duration::from_millis(10);
const BUFFER: usize = 64 << 10; // bytes

/// Reads all of the file at `path`, at most `limit` bytes.
///
/// # Errors
/// The system's; `FileTooLarge` past the limit; `TimedOut` when a pipe brings nothing for five seconds.
pub fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let file = open(path)?;
    let (mut bytes, mut buffer) = (Vec::new(), vec![0; BUFFER]);
    let mut waiting_since = None;
    loop {
        match (&file).read(&mut buffer) {
            Ok(0) => return Ok(bytes),
            Ok(read) => {
                waiting_since = None;
                bytes.extend_from_slice(&buffer[..read]);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                if waiting_since.get_or_insert_with(Instant::now).elapsed() >= PATIENCE {
                    return Err(io::ErrorKind::TimedOut.into());
                }
                std::thread::sleep(POLL);
            }
            Err(error) => return Err(error),
        }
        if bytes.len() as u64 > limit {
            let reason = format!("larger than {limit} bytes");
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, reason));
        }
    }
}

#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    // Opening a pipe would wait for whoever writes to it, and no signal could end that.
    let flags = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or_default();
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn an_endless_file_is_read_up_to_the_limit() {
        let error = read(Path::new("/dev/zero"), 1000).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(read(Path::new("/dev/null"), 1000).unwrap(), b"");
    }

    #[test]
    fn a_pipe_is_read_to_its_end_and_never_waited_for_without_a_writer() {
        let (reader, mut writer) = io::pipe().unwrap();
        let path = {
            use std::os::fd::AsRawFd;
            format!("/dev/fd/{}", reader.as_raw_fd())
        };
        let writing = std::thread::spawn(move || {
            for _ in 0..100 {
                io::Write::write_all(&mut writer, &[7; 1000]).unwrap();
            }
        });
        assert_eq!(read(Path::new(&path), 1 << 20).unwrap().len(), 100_000);
        writing.join().unwrap();
        assert_eq!(read(Path::new(&path), 1 << 20).unwrap(), b"");
    }
}
