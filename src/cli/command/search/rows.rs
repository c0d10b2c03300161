//! What `search` prints: docker's table and fields, and what registries tell besides.

use serde_json::{Map, Value};

use crate::cli::render::escape::escape;
use crate::cli::render::format::{Column, Format};
use crate::cli::render::table::shorten;
use crate::error::Result;
use crate::registry::{Count, Hit};

/// Docker's width of a description, in characters.
const DESCRIPTION_WIDTH: usize = 45;

const COLUMNS: &[Column] = &[
    Column {
        name: "Description",
        title: "DESCRIPTION",
    },
    Column {
        name: "IsAutomated",
        title: "AUTOMATED",
    },
    Column {
        name: "IsOfficial",
        title: "OFFICIAL",
    },
    Column {
        name: "Name",
        title: "NAME",
    },
    Column {
        name: "PullCount",
        title: "PULLS",
    },
    Column {
        name: "StarCount",
        title: "STARS",
    },
    Column {
        name: "TagCount",
        title: "TAGS",
    },
];
const TABLE: &str = "{{.Name}}\t{{.Description}}\t{{.StarCount}}\t{{.IsOfficial}}";
const TABLE_WITH_AUTOMATED: &str =
    "{{.Name}}\t{{.Description}}\t{{.StarCount}}\t{{.IsOfficial}}\t{{.IsAutomated}}";

/// Finds a field that results do not have.
pub(super) fn check(format: &Format) -> Result<()> {
    format.check(COLUMNS)
}

/// Whether the number of tags is shown by a format, whose text is `source`.
pub(super) fn shows_tags(format: &Format, source: &str) -> bool {
    let without: Vec<Column> = COLUMNS
        .iter()
        .filter(|column| !matches!(column.name, "Description" | "TagCount"))
        .copied()
        .collect();
    let plain = matches!(format, Format::Json | Format::Table(None));
    plain || format.check(&without).is_err() || source.contains("json")
}

/// The results in `format`; `whole` leaves descriptions as long as they are.
pub(super) fn print(hits: &[Hit], format: &Format, whole: bool) -> Result<String> {
    // Docker Hub still sends the flag and has set it for nobody for years: a column of nothing is not shown.
    let automated = hits.iter().any(|hit| hit.automated == Some(true));
    let table = if automated {
        TABLE_WITH_AUTOMATED
    } else {
        TABLE
    };
    let rows: Vec<Value> = hits
        .iter()
        .map(|hit| row(hit, format.is_json(), whole, automated))
        .collect();
    format.print(COLUMNS, table, &rows)
}

/// Docker's fields, in the order of their names, and the counts that are known. Flags are `[OK]` or nothing, except in
/// JSON. There a number of tags is one: where there may be more than were counted, none is told.
fn row(hit: &Hit, json: bool, whole: bool, automated: bool) -> Value {
    let flag = |flag: bool| match (flag, json) {
        (_, true) => flag.to_string(),
        (true, false) => "[OK]".to_owned(),
        (false, false) => String::new(),
    };
    // Docker puts a description of several lines on one.
    let mut description = hit.description.replace(['\n', '\r'], " ");
    if description.is_empty() && !json {
        description = hit.tags.map(tags).unwrap_or_default();
    }
    let shown = if whole || json {
        description
    } else {
        shorten(&escape(&description), DESCRIPTION_WIDTH)
    };
    let counted = hit.tags.filter(|count| !(json && count.more));
    let numbers = [
        ("PullCount", hit.pulls.map(|pulls| pulls.to_string())),
        ("StarCount", Some(hit.stars.to_string())),
        ("TagCount", counted.map(number)),
    ];
    let mut row = Map::new();
    row.insert("Description".into(), shown.into());
    if automated || !json {
        let automated = flag(hit.automated.unwrap_or(false));
        row.insert("IsAutomated".into(), automated.into());
    }
    row.insert("IsOfficial".into(), flag(hit.official).into());
    row.insert("Name".into(), hit.name.clone().into());
    for (name, number) in numbers {
        if number.is_some() || !json {
            row.insert(name.into(), number.unwrap_or_default().into());
        }
    }
    Value::Object(row)
}

/// `3`, or `1000+`.
fn number(count: Count) -> String {
    let more = if count.more { "+" } else { "" };
    format!("{}{more}", count.number)
}

/// `1 tag`, `3 tags`, `1000+ tags`: what stands for a description where there is none.
fn tags(count: Count) -> String {
    let one = count.number == 1 && !count.more;
    format!("{} {}", number(count), if one { "tag" } else { "tags" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(name: &str, description: &str, stars: u64, official: bool) -> Hit {
        Hit {
            name: name.into(),
            description: description.into(),
            stars,
            official,
            ..Hit::default()
        }
    }

    #[test]
    fn the_table_is_dockers() {
        let hits = [
            hit("busybox", "Busybox base image.", 3442, true),
            hit(
                "lab/busy-tools",
                "Tools — with a description long enough that it is cut",
                12,
                false,
            ),
        ];
        assert_eq!(
            print(&hits, &Format::Table(None), false).unwrap(),
            "NAME             DESCRIPTION                                     STARS     OFFICIAL\n\
             busybox          Busybox base image.                             3442      [OK]\n\
             lab/busy-tools   Tools — with a description long enough that …   12        \n"
        );
        assert_eq!(
            print(&[], &Format::Table(None), false).unwrap(),
            "NAME      DESCRIPTION   STARS     OFFICIAL\n"
        );
    }

    #[test]
    fn json_is_dockers() {
        assert_eq!(
            print(
                &[hit("library/busybox", "", 0, false)],
                &Format::Json,
                false
            )
            .unwrap(),
            "{\"Description\":\"\",\"IsOfficial\":\"false\",\"Name\":\"library/busybox\",\"StarCount\":\"0\"}\n"
        );
    }

    #[test]
    fn automated_is_a_column_when_something_is() {
        let hits = [Hit {
            automated: Some(true),
            ..hit("a", "d", 1, false)
        }];
        let table = print(&hits, &Format::Table(None), false).unwrap();
        assert!(
            table.starts_with("NAME      DESCRIPTION   STARS     OFFICIAL   AUTOMATED\n"),
            "{table}"
        );
        assert!(table.ends_with("[OK]\n"), "{table}");
    }

    #[test]
    fn a_description_cannot_break_its_line() {
        let hits = [hit("a", "one\ntwo\x1b[2J", 0, false)];
        let table = print(&hits, &Format::Table(None), false).unwrap();
        assert!(table.contains("one two\\x1b[2J"), "{table}");
        assert_eq!(table.lines().count(), 2);
    }

    #[test]
    fn tags_stand_for_a_description_where_there_is_none() {
        let counted = |name: &str, number, more| Hit {
            tags: Some(Count { number, more }),
            ..hit(name, "", 0, false)
        };
        let hits = [
            counted("a", 0, false),
            counted("b", 1, false),
            counted("c", 1000, true),
            Hit {
                tags: Some(Count {
                    number: 7,
                    more: false,
                }),
                pulls: Some(12),
                ..hit("d", "Described.", 0, false)
            },
        ];
        let lines = |format: &str| print(&hits, &Format::parse(format).unwrap(), false).unwrap();
        assert_eq!(
            lines("{{.Name}} {{.Description}}"),
            "a 0 tags\nb 1 tag\nc 1000+ tags\nd Described.\n"
        );
        assert_eq!(
            lines("{{.Name}} {{.TagCount}} {{.PullCount}}"),
            "a 0 \nb 1 \nc 1000+ \nd 7 12\n"
        );
        let json = lines("json");
        let json: Vec<&str> = json.lines().collect();
        assert_eq!(
            json[0],
            "{\"Description\":\"\",\"IsOfficial\":\"false\",\"Name\":\"a\",\"StarCount\":\"0\",\"TagCount\":\"0\"}"
        );
        assert!(!json[2].contains("TagCount"), "{}", json[2]);
        assert!(json[3].contains("\"PullCount\":\"12\",\"StarCount\":\"0\",\"TagCount\":\"7\""));
    }

    #[test]
    fn tags_are_counted_for_those_who_see_them() {
        let shown = |text: &str| shows_tags(&Format::parse(text).unwrap(), text);
        for text in [
            "table",
            "json",
            "{{.Description}}",
            "table {{.TagCount}}",
            "{{json .}}",
        ] {
            assert!(shown(text), "{text}");
        }
        for text in ["{{.Name}}", "table {{.Name}}\t{{.StarCount}}"] {
            assert!(!shown(text), "{text}");
        }
    }
}
