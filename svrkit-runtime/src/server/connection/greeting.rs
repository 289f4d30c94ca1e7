//! The peer's hello, which comes before everything else.

use super::{Connection, Leave};
use crate::server::Shared;
use crate::wire::frame::{
    Facts, Frame, GoawayReason, HELLO_NAME_LEN_MAX, Hello, VERSION, common_version, hello_header,
};
use crate::wire::prefix;
use crate::wire::tlv::Tlv;

impl Connection {
    pub(super) fn greet(&self, frame: &Frame, shared: &Shared) -> Result<(), Leave> {
        let Facts::Hello { version_min, version_max } = frame.header.facts else {
            return Err(Leave::protocol("the first frame of a connection must be a hello".into()));
        };
        // Sent whether or not the versions meet: the peer learns from it what is spoken here.
        self.outbox.push(hello_header(), &[], &shared.hello);
        if common_version(version_min, version_max).is_none() {
            let words = format!(
                "no common frame version: the peer speaks {version_min} to {version_max}, this server {VERSION}: \
                 upgrade the older side"
            );
            return Err(Leave::Goaway(GoawayReason::Version, words));
        }
        match Hello::decode(&frame.body) {
            Ok(hello) => {
                if !hello.name.is_empty() {
                    let _ = self.peer_name.set(prefix(&hello.name, HELLO_NAME_LEN_MAX).into());
                }
                if let Some(max) = hello.message_in {
                    // The only hello: `take` refuses a second one.
                    let _ = self.peer_message_in.set(max);
                }
                self.streams.greet(&hello);
                self.outbox.agree(shared.framing, &hello, self.limits.compression_min);
                self.note_greeted();
                Ok(())
            }
            Err(error) => Err(Leave::protocol(format!("the hello cannot be decoded: {error}"))),
        }
    }
}
