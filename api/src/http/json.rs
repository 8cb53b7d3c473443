//! How deep a JSON text nests, told before anything parses it: a parser that recurses must not be led too deep.

/// The deepest JSON that is read.
pub(super) const DEEPEST: usize = 64;

/// How deep the brackets of a JSON text nest. A text that is not JSON has some depth too; the parser will say the rest.
pub(super) fn depth(json: &[u8]) -> usize {
    let (mut now, mut deepest, mut in_string, mut escaped) = (0usize, 0usize, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                now += 1;
                deepest = deepest.max(now);
            }
            b']' | b'}' if !in_string => now = now.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}
