//! A keyring for tests of those who ask it: how often do they?

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use zeroize::Zeroizing;

use super::Keyring;
use super::entries::tests::Memory;
use super::vault::Vault;

/// A keyring in memory that counts the questions put to it, connections included.
struct Watched {
    memory: Memory,
    questions: Arc<AtomicUsize>,
    broken: bool,
}

impl Watched {
    fn asked(&self) -> Result<(), String> {
        self.questions.fetch_add(1, Ordering::SeqCst);
        if self.broken {
            return Err("out of order".to_owned());
        }
        Ok(())
    }
}

impl Vault for Watched {
    fn connect(&self) -> Result<(), String> {
        self.questions.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    fn get(&self, service: &str, user: &str) -> Result<Option<Zeroizing<Vec<u8>>>, String> {
        self.asked()?;
        self.memory.get(service, user)
    }

    fn set(&self, service: &str, user: &str, secret: &[u8]) -> Result<(), String> {
        self.asked()?;
        self.memory.set(service, user, secret)
    }

    fn erase(&self, service: &str, user: &str) -> Result<bool, String> {
        self.asked()?;
        self.memory.erase(service, user)
    }

    fn users(&self, service: &str) -> Result<Vec<String>, String> {
        self.asked()?;
        self.memory.users(service)
    }
}

/// A keyring in memory, and how many questions it was asked. A broken one answers to nothing but a connection.
pub(in crate::credential) fn watched(broken: bool) -> (Keyring, Arc<AtomicUsize>) {
    let questions = Arc::default();
    let vault = Watched {
        memory: Memory::default(),
        questions: Arc::clone(&questions),
        broken,
    };
    (Keyring::over(Ok(Arc::new(vault))), questions)
}
