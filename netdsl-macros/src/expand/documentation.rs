//! What rustdoc and an editor show of a network. The sizes that the compiler infers are no text while
//! macros are expanded: what was written is shown, and where to see the rest.

use crate::model::Network;
use crate::syntax::Field;

/// The table of layers, for the network.
pub fn of_network(network: &Network<'_>) -> String {
    let rows = network.fields().iter().map(|field| {
        let (name, words) = (&field.name, in_table(&field.words));
        format!("| `{name}` | `{words}` |\n")
    });
    let rows: String = rows.collect();
    let table = match rows.is_empty() {
        true => String::new(),
        false => format!("\n\n| layer | as written |\n| --- | --- |\n{rows}"),
    };
    format!(
        "{table}\n\nA network of netdsl. Printing it shows the table of its layers with every size that is known; \
         `UNRESOLVED` lists those that the compiler leaves open."
    )
}

/// What a layer is, for its field.
pub fn of_layer(field: &Field) -> String {
    format!("\n\n`{}`", field.words)
}

/// Code in a cell of a table, whose columns `|` would end.
fn in_table(words: &str) -> String {
    words.replace('\n', " ").replace('|', "\\|")
}
