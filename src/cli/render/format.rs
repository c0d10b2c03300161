//! `--format`: how listings are printed: docker's table, JSON, or a template's lines.

use serde_json::Value;

use super::template::Template;
use super::value::go_json;
use crate::error::Result;

/// A field of a listing: its name in templates and JSON, its title in tables.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    /// Such as `CreatedSince`.
    pub(crate) name: &'static str,
    /// Such as `CREATED`.
    pub(crate) title: &'static str,
}

/// How a listing is printed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Format {
    /// A table of the default columns, or of those a template names.
    Table(Option<Template>),
    /// One object a line.
    Json,
    /// One line a row.
    Lines(Template),
}

impl Format {
    /// Reads the value of `--format`.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        Ok(match text.trim() {
            "" | "table" => Self::Table(None),
            "json" => Self::Json,
            _ => match text.strip_prefix("table ") {
                Some(rest) => Self::Table(Some(Template::parse(rest.trim_start())?)),
                None => Self::Lines(Template::parse(text)?),
            },
        })
    }

    /// Whether rows are printed as JSON objects.
    pub(crate) fn is_json(&self) -> bool {
        matches!(self, Self::Json)
    }

    /// Prints `rows`, objects with the fields of `columns`; `default` is the template of the plain table.
    pub(crate) fn print(
        &self,
        columns: &[Column],
        default: &str,
        rows: &[Value],
    ) -> Result<String> {
        match self {
            Self::Json => Ok(rows.iter().map(|row| go_json(row) + "\n").collect()),
            Self::Lines(template) => rows
                .iter()
                .map(|row| Ok(template.render(row)? + "\n"))
                .collect(),
            Self::Table(Some(template)) => template.table(columns, rows),
            Self::Table(None) => Template::parse(default)?.table(columns, rows),
        }
    }

    /// Finds a field that no row has, before anything is done for the rows.
    pub(crate) fn check(&self, columns: &[Column]) -> Result<()> {
        match self {
            Self::Table(Some(template)) | Self::Lines(template) => template.check(columns),
            Self::Table(None) | Self::Json => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const COLUMNS: &[Column] = &[
        Column {
            name: "Repository",
            title: "REPOSITORY",
        },
        Column {
            name: "Tag",
            title: "TAG",
        },
        Column {
            name: "Size",
            title: "SIZE",
        },
    ];

    fn rows() -> Vec<Value> {
        vec![
            json!({"Repository": "127.0.0.1:25000/lab/busybox", "Size": "1.98MB", "Tag": "latest"}),
            json!({"Repository": "my/bb", "Size": "147MB", "Tag": "<none>"}),
        ]
    }

    fn print(format: &str) -> String {
        Format::parse(format)
            .unwrap()
            .print(COLUMNS, "{{.Repository}}\t{{.Tag}}", &rows())
            .unwrap()
    }

    fn complaint(format: &str) -> String {
        let parsed = Format::parse(format).and_then(|format| {
            format.check(COLUMNS)?;
            format.print(COLUMNS, "", &rows())
        });
        parsed.unwrap_err().to_string()
    }

    #[test]
    fn fields_and_text_make_a_line_a_row() {
        assert_eq!(
            print("{{.Repository}}:{{.Tag}} {{.Size}}"),
            "127.0.0.1:25000/lab/busybox:latest 1.98MB\nmy/bb:<none> 147MB\n"
        );
        assert_eq!(
            print("{{ .Tag }}\\t{{.Size}}"),
            "latest\t1.98MB\n<none>\t147MB\n"
        );
    }

    #[test]
    fn a_table_of_chosen_columns_is_dockers() {
        assert_eq!(
            print("table {{.Repository}}\t{{.Size}}"),
            "REPOSITORY                    SIZE\n\
             127.0.0.1:25000/lab/busybox   1.98MB\n\
             my/bb                         147MB\n"
        );
        assert!(print("table").starts_with("REPOSITORY                    TAG\n"));
    }

    #[test]
    fn json_is_written_as_go_writes_it() {
        let lines = print("json");
        assert_eq!(
            lines.lines().nth(1).unwrap(),
            r#"{"Repository":"my/bb","Size":"147MB","Tag":"\u003cnone\u003e"}"#
        );
        assert_eq!(print("{{json .}}"), lines);
        assert_eq!(
            print("{{json .Tag}}").lines().nth(1).unwrap(),
            r#""\u003cnone\u003e""#
        );
    }

    #[test]
    fn functions_change_the_case_of_a_field() {
        assert_eq!(print("{{upper .Tag}}").lines().next().unwrap(), "LATEST");
        assert_eq!(
            print("{{.Size | lower | json}}").lines().next().unwrap(),
            "\"1.98mb\""
        );
    }

    #[test]
    fn a_mistake_is_shown_where_it_is() {
        assert_eq!(
            complaint("{{.Tag}} {{range .Tag}}"),
            "invalid template: at character 10, {{range .Tag}}: this range has no end"
        );
        assert!(complaint("{{.Nope}}").ends_with("there is no field .Nope"));
        assert!(
            complaint("ab{{.Tag").contains("at character 3, {{.Tag: this action is not closed")
        );
        assert!(complaint("{{}}").contains("something is missing"));
        assert!(complaint("{{json}}").contains("json is given 0 arguments"));
        assert!(complaint("{{.Tag.More}}").contains("no inner fields"));
        assert!(complaint("table {{.Nope}}").contains("there is no field .Nope"));
    }
}
