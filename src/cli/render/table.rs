//! Docker's tables: columns end at tabs, are at least ten characters wide and three apart.
//!
//! A cell is padded only when another one follows it in its line, so an empty last cell leaves the padding of the one
//! before it, as docker's own output does. A column is as wide as its widest cell among adjoining lines that have it.

/// The least width of a column, in characters.
const MIN_WIDTH: usize = 10;
/// Blanks after the widest cell.
const GAP: usize = 3;

/// Lays out lines whose cells are separated by tabs. The result has a newline after each line.
pub(crate) fn align(lines: &[String]) -> String {
    let cells: Vec<Vec<&str>> = lines
        .iter()
        .map(|line| line.split('\t').collect())
        .collect();
    let mut out = String::new();
    for (row, line) in cells.iter().enumerate() {
        for (column, cell) in line.iter().enumerate() {
            out.push_str(cell);
            if column + 1 < line.len() {
                let padding = width(&cells, row, column) - cell.chars().count();
                out.extend(std::iter::repeat_n(' ', padding));
            }
        }
        out.push('\n');
    }
    out
}

/// The width of `column` in the run of lines around `row` that go past it.
fn width(cells: &[Vec<&str>], row: usize, column: usize) -> usize {
    let goes_past = |line: &&Vec<&str>| line.len() > column + 1;
    let above = cells[..row].iter().rev().take_while(goes_past);
    let below = cells[row..].iter().take_while(goes_past);
    above
        .chain(below)
        .map(|line| line[column].chars().count() + GAP)
        .max()
        .unwrap_or(MIN_WIDTH)
        .max(MIN_WIDTH)
}

/// `text` cut to `most` characters, the last of them an ellipsis, on one line.
pub(crate) fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(rows: &[&str]) -> String {
        align(&rows.iter().map(|row| (*row).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn images_look_like_dockers() {
        let table = lines(&[
            "REPOSITORY\tTAG\tIMAGE ID\tCREATED\tSIZE",
            "my/bb\tv1\tf3dce2796c43\t23 months ago\t1.98MB",
        ]);
        assert_eq!(
            table,
            "REPOSITORY   TAG       IMAGE ID       CREATED         SIZE\n\
             my/bb        v1        f3dce2796c43   23 months ago   1.98MB\n"
        );
    }

    #[test]
    fn an_empty_table_is_its_header() {
        assert_eq!(
            lines(&["REPOSITORY\tTAG\tIMAGE ID\tCREATED\tSIZE"]),
            "REPOSITORY   TAG       IMAGE ID   CREATED   SIZE\n"
        );
        assert_eq!(
            lines(&["NAME\tDESCRIPTION\tSTARS\tOFFICIAL"]),
            "NAME      DESCRIPTION   STARS     OFFICIAL\n"
        );
    }

    #[test]
    fn an_empty_last_cell_leaves_the_padding_before_it() {
        let table = lines(&[
            "NAME\tDESCRIPTION\tSTARS\tOFFICIAL",
            "busybox\tBusybox base image.\t3442\t[OK]",
            "lab/busy-tools\tTools — with a description long enough that …\t12\t",
        ]);
        assert_eq!(
            table,
            "NAME             DESCRIPTION                                     STARS     OFFICIAL\n\
             busybox          Busybox base image.                             3442      [OK]\n\
             lab/busy-tools   Tools — with a description long enough that …   12        \n"
        );
    }

    #[test]
    fn lines_without_a_column_divide_its_widths() {
        assert_eq!(
            lines(&["aaaaaaaaaaaa\tb", "x", "c\td"]),
            "aaaaaaaaaaaa   b\nx\nc         d\n"
        );
    }

    #[test]
    fn long_texts_end_in_an_ellipsis() {
        assert_eq!(shorten("abcdef", 6), "abcdef");
        assert_eq!(shorten("abcdefg", 6), "abcde…");
        assert_eq!(shorten("ääääääää", 4), "äää…");
    }
}
