//! The tokens of the grammar, in its order, which is the order of ANTLR's messages.

/// A piece of text that means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    /// Bytes of the source, from and to.
    pub(super) start: usize,
    pub(super) end: usize,
}

macro_rules! token_kinds {
    ($($kind:ident $name:literal,)*) => {
        /// What a token is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum TokenKind { $($kind),* }

        impl TokenKind {
            const ALL: &[Self] = &[$(Self::$kind),*];

            /// As it stands in messages.
            pub(super) fn name(self) -> &'static str {
                match self { $(Self::$kind => $name),* }
            }
        }
    };
}

token_kinds! {
    End "<EOF>",
    Equal "'=='",
    NotEqual "'!='",
    In "'in'",
    Less "'<'",
    LessEqual "'<='",
    GreaterEqual "'>='",
    Greater "'>'",
    And "'&&'",
    Or "'||'",
    OpenBracket "'['",
    CloseBracket "']'",
    OpenBrace "'{'",
    CloseBrace "'}'",
    OpenParenthesis "'('",
    CloseParenthesis "')'",
    Dot "'.'",
    Comma "','",
    Minus "'-'",
    Not "'!'",
    Question "'?'",
    Colon "':'",
    Plus "'+'",
    Star "'*'",
    Slash "'/'",
    Percent "'%'",
    True "'true'",
    False "'false'",
    Null "'null'",
    Float "NUM_FLOAT",
    Int "NUM_INT",
    Uint "NUM_UINT",
    String "STRING",
    Bytes "BYTES",
    Identifier "IDENTIFIER",
    EscapedIdentifier "ESC_IDENTIFIER",
}

/// Several kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TokenSet(u64);

impl TokenSet {
    pub(super) const NONE: Self = Self(0);

    pub(super) const fn of(kinds: &[TokenKind]) -> Self {
        let (mut set, mut index) = (0, 0);
        while index < kinds.len() {
            set |= 1 << kinds[index] as u64;
            index += 1;
        }
        Self(set)
    }

    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn contains(self, kind: TokenKind) -> bool {
        self.0 & 1 << kind as u64 != 0
    }
}

/// As in messages: one name, or `{a, b}`.
impl std::fmt::Display for TokenSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> =
            TokenKind::ALL.iter().filter(|kind| self.contains(**kind)).map(|kind| kind.name()).collect();
        match &*names {
            [name] => f.write_str(name),
            names => write!(f, "{{{}}}", names.join(", ")),
        }
    }
}
