//! Declares [`Key`](super::keys::Key) from a table of moments, their files and their placeholders.

/// Declares [`Key`]: variant, path without `.md`, paths of earlier versions after `|`, placeholders.
macro_rules! keys {
    ($($variant:ident = $path:literal $(| $old:literal)* $([$($arg:literal),*])?),* $(,)?) => {
        /// One moment. Its text is `prompts/<locale>/<path>.md`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[expect(missing_docs, reason = "the path says when it is said")]
        pub enum Key { $(#[serde(rename = $path $(, alias = $old)*)] $variant),* }

        impl Key {
            /// All moments.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its file below the locale's folder, without `.md`.
            #[must_use]
            pub const fn path(self) -> &'static str {
                match self { $(Self::$variant => $path),* }
            }

            /// The folder of its file, which says what it belongs to.
            #[must_use]
            pub fn folder(self) -> Option<&'static str> {
                self.path().split('/').next()
            }

            /// The placeholders the code fills.
            #[must_use]
            pub const fn args(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($($arg),*)?]),* }
            }
        }
    };
}
pub(super) use keys;
