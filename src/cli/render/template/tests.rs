//! What Go's templates, and docker's functions, make of values.

use proptest::prelude::*;
use serde_json::json;

use super::*;

/// What a template makes of an image as `inspect` tells it.
fn made(text: &str) -> String {
    let image = json!({
        "Id": "sha256:4f2e",
        "RepoTags": ["app:1", "app:latest"],
        "RepoDigests": ["app@sha256:aa"],
        "Size": 1234,
        "Config": {
            "Env": ["PATH=/bin", "A=<1>"],
            "Labels": {"b.c": "2", "a": "one\ntwo\u{1b}[2J"},
            "Entrypoint": null,
            "Cmd": ["sh", "-c"],
        },
        "RootFS": {},
        "Empty": [],
        "N": null,
        "Real": 1.5,
        "Yes": true,
    });
    let parsed = Template::parse(text).and_then(|template| template.render(&image));
    parsed.unwrap_or_else(|error| error.to_string())
}

/// Templates with what Go and docker print for them.
#[track_caller]
fn all(table: &[(&str, &str)]) {
    for (template, expected) in table {
        assert_eq!(made(template), *expected, "{template}");
    }
}

#[test]
fn fields_lists_and_maps_print_as_in_go() {
    all(&[
        ("{{.Id}}", "sha256:4f2e"),
        ("{{.Config.Env}}", "[PATH=/bin A=<1>]"),
        ("{{.Config.Labels.a}}", "one\\ntwo\\x1b[2J"),
        ("{{.Config.Labels.nosuch}}", "<no value>"),
        ("{{.N}}", "<no value>"),
        ("{{println .N}}", "<nil>\n"),
        ("{{json .Config.Env}}", r#"["PATH=/bin","A=\u003c1\u003e"]"#),
        ("{{.Config.Cmd | json}}", r#"["sh","-c"]"#),
        ("{{.Size}} {{.Real}} {{.Yes}}", "1234 1.5 true"),
        ("{{$.Id}} {{len $.Config.Env}}", "sha256:4f2e 2"),
        ("\\t{{\"\\t\"}}", "\t\t"),
    ]);
}

#[test]
fn what_people_ask_of_inspect_is_answered_as_by_docker() {
    all(&[
        ("{{index .RepoDigests 0}}", "app@sha256:aa"),
        ("{{index .Config.Labels \"b.c\"}}", "2"),
        ("{{index .Config.Labels \"none\"}}", "<no value>"),
        (
            "{{range .Config.Env}}{{println .}}{{end}}",
            "PATH=/bin\nA=<1>\n",
        ),
        ("{{join .RepoTags \",\"}}", "app:1,app:latest"),
        ("{{join .RepoTags \"\\n\"}}", "app:1\napp:latest"),
        ("{{if .Config.Entrypoint}}has{{else}}none{{end}}", "none"),
        ("{{with .Config.Cmd}}{{index . 1}}{{end}}", "-c"),
        (
            "{{range $i, $e := .Config.Cmd}}{{if $i}} {{end}}{{$i}}={{$e}}{{end}}",
            "0=sh 1=-c",
        ),
        ("{{range $k, $v := .Config.Labels}}{{$k}};{{end}}", "a;b.c;"),
        ("{{(index .RepoTags 0) | upper}}", "APP:1"),
        ("{{slice .Id 7}}", "4f2e"),
        ("{{slice .Id 7 9}}", "4f"),
        ("{{range .Empty}}x{{else}}nothing{{end}}", "nothing"),
    ]);
}

#[test]
fn fields_that_docker_has_in_every_image_are_empty_and_no_mistake() {
    all(&[
        (
            "{{.Config.Entrypoint}}|{{.Config.OnBuild}}|{{.Config.Volumes}}|{{.Config.User}}|",
            "[]|[]|map[]||",
        ),
        (
            "{{json .Config.Entrypoint}} {{json .Config.Volumes}}",
            "null null",
        ),
        (
            "{{len .Config.Entrypoint}} {{println .Config.Shell}}",
            "0 []\n",
        ),
        ("{{with .Config.Volumes}}x{{else}}none{{end}}", "none"),
        ("{{range $k, $v := .Config.ExposedPorts}}{{$k}}{{end}}", ""),
        ("{{index .Config.ExposedPorts \"80/tcp\"}}", "<no value>"),
        ("{{join .Config.OnBuild \",\"}}[{{.Variant}}]", "[]"),
    ]);
    assert!(made("{{.Config.Healthcheck}}").contains("no field .Healthcheck"));
}

#[test]
fn what_goes_on_for_ever_or_grows_without_end_is_stopped() {
    for (template, says) in [
        (
            "{{range 1000000}}{{range 1000000}}{{end}}{{end}}",
            "ten million steps",
        ),
        (
            "{{$a := \"xxxxxxxxxxxxxxxx\"}}{{range 60}}{{$a = print $a $a}}{{end}}",
            "more than 4 MiB",
        ),
    ] {
        let told = made(template);
        assert!(told.contains(says), "{told}");
    }
}

#[test]
fn a_format_from_elsewhere_is_as_harmless_as_what_it_formats() {
    all(&[(
        "{{printf (index .Config.Labels \"a\")}}",
        "one\\ntwo\\x1b[2J",
    )]);
}

#[test]
fn conditions_variables_and_loops_work_as_in_go() {
    all(&[
        (
            "{{if and .Yes .N}}a{{else if eq .Size 1234}}b{{else}}c{{end}}",
            "b",
        ),
        ("{{or .N \"x\"}} {{and .Yes 0}} {{not .N}}", "x 0 true"),
        ("{{and .N (index .RepoTags 99)}}", "<no value>"),
        (
            "{{eq .Id \"a\" \"sha256:4f2e\"}} {{ne 1 2}} {{lt 1 2}} {{ge \"a\" \"b\"}}",
            "true true true false",
        ),
        (
            "{{$x := 1}}{{range .Config.Cmd}}{{$x = .}}{{end}}{{$x}}",
            "-c",
        ),
        ("{{$x := 1}}{{if true}}{{$x := 2}}{{end}}{{$x}}", "1"),
        ("{{range .RepoTags}}{{.}}{{break}}{{end}}", "app:1"),
        (
            "{{range .RepoTags}}{{if eq . \"app:1\"}}{{continue}}{{end}}{{.}}{{end}}",
            "app:latest",
        ),
        ("a {{- 1 -}} b{{/* said */}}c {{- /* said */ -}} d", "a1bcd"),
        ("{{with $x := .Id}}{{$x | len}}{{end}}", "11"),
        ("{{-1}} {{0x10}} {{'a'}} {{`\\n`}}", "-1 16 97 \\n"),
    ]);
}

#[test]
fn functions_of_go_and_docker() {
    all(&[
        (
            "{{printf \"%-6s|%5d|%.2s|%q|%v|%x|%05d|%t|%%\" \"ab\" 42 \"xyz\" \"a\\\"b\" .Config.Cmd 255 7 .Yes}}",
            "ab    |   42|xy|\"a\\\"b\"|[sh -c]|ff|00007|true|%",
        ),
        ("{{printf \"%d %s\" \"x\"}}", "%!d(string=x) %!s(MISSING)"),
        ("{{printf \"x\" 1}}", "x%!(EXTRA int=1)"),
        ("{{printf \"%.1f\" .Real}}", "1.5"),
        ("{{print 1 2 \"a\" \"b\" 3}}", "1 2ab3"),
        ("{{println 1 \"a\"}}", "1 a\n"),
        (
            "{{lower \"AbC\"}}{{upper \"x\"}} {{title \"one two\"}}",
            "abcX One Two",
        ),
        (
            "{{split \"a/b/c\" \"/\"}} {{truncate .Id 6}}",
            "[a b c] sha256",
        ),
        ("{{pad \"a\" 1 2}}|{{pad \"\" 1 2}}|", " a  ||"),
        (
            "{{html \"<a&'b'>\"}} {{urlquery \"a b&\"}}",
            "&lt;a&amp;&#39;b&#39;&gt; a+b%26",
        ),
        ("{{len .Config.Labels}} {{len \"é\"}}", "2 2"),
    ]);
}

#[test]
fn what_comes_from_elsewhere_cannot_leave_its_line_whatever_is_done_with_it() {
    for template in [
        "{{.Config.Labels.a}}",
        "{{upper .Config.Labels.a}}",
        "{{printf \"%s\" .Config.Labels.a}}",
        "{{printf \"%q\" .Config.Labels.a}}",
        "{{join (split .Config.Labels.a \"x\") \",\"}}",
        "{{range $k, $v := .Config.Labels}}{{$k}}{{$v}}{{end}}",
        "{{json .Config.Labels}}",
        "{{.Config.Labels}}",
        "{{print .Config.Labels.a}}",
        "{{pad .Config.Labels.a 1 1}}{{html .Config.Labels.a}}",
        "{{with .Config}}{{index .Labels \"a\"}}{{end}}",
    ] {
        let text = made(template);
        assert!(!text.contains(['\n', '\u{1b}']), "{template}: {text:?}");
        assert!(text.to_lowercase().contains("one"), "{template}: {text:?}");
    }
}

#[test]
fn mistakes_are_told_with_their_place() {
    for (template, expected) in [
        (
            "{{.Nope}}",
            "at character 3, .Nope}}: there is no field .Nope",
        ),
        ("{{.Id.More}}", "there is no field .More of a text"),
        (
            "{{.Config.Entrypoint.X}}",
            "there is no field .X of nothing",
        ),
        (
            "x{{if .Id}}",
            "at character 2, {{if .Id}}: this if has no end",
        ),
        ("{{end}}", "there is nothing that it ends"),
        ("{{else}}", "there is nothing that it is the else of"),
        (
            "{{if 1}}{{else}}{{else}}{{end}}",
            "there was an else already",
        ),
        ("{{break}}", "outside of a range"),
        (
            "{{range .Id}}{{end}}",
            "range goes over lists and maps, this is a text",
        ),
        ("{{$x}}", "there is no variable $x"),
        (
            "{{if 1}}{{$x := 1}}{{end}}{{$x}}",
            "there is no variable $x",
        ),
        ("{{index .RepoTags 9}}", "there is no item 9 in a list of 2"),
        ("{{eq .Id 1}}", "a text and a number cannot be compared"),
        ("{{lower .Id .Id}}", "lower is given 2 arguments"),
        ("{{.Id .Id}}", "this is no function"),
        ("{{.Id | .Size}}", "behind | stands a function"),
        ("{{nosuch .Id}}", "\"nosuch\" is not understood"),
        ("{{template \"x\"}}", "template is not understood"),
        ("{{\"abc}}", "this text is not closed"),
        ("{{(.Id}}", "not closed with )"),
        ("{{.Id)}}", "nothing that it closes"),
        ("{{.A..B}}", "field names are letters"),
        ("{{/* x }}", "comment is not closed"),
        ("{{1x}}", "is no number"),
        ("{{= 1}}", "wrong place"),
        ("{{.Id", "not closed with }}"),
    ] {
        let told = made(template);
        assert!(
            told.starts_with("invalid template: at character ") && told.contains(expected),
            "{template}: {told}"
        );
    }
    let deep = "{{if 1}}".repeat(60);
    assert!(made(&deep).contains("nested too deep"));
    assert!(made(&format!("{{{{{}}}}}", "(".repeat(100))).contains("nested too deep"));
}

#[test]
fn a_table_of_changed_fields_has_their_titles() {
    let columns = &[
        Column {
            name: "Tag",
            title: "TAG",
        },
        Column {
            name: "ID",
            title: "IMAGE ID",
        },
    ];
    let rows = [json!({"Tag": "latest", "ID": "4f2e7a"})];
    let template =
        Template::parse("{{lower .Tag}}\\t{{truncate .ID 4}}{{if .Tag}} {{json .Tag}}{{end}}")
            .unwrap();
    template.check(columns).unwrap();
    assert_eq!(
        template.table(columns, &rows).unwrap(),
        "TAG       IMAGE ID TAG\nlatest    4f2e \"latest\"\n"
    );
    let nested = Template::parse("{{if .Tag}}{{with .ID}}{{$.Nope}}{{end}}{{end}}").unwrap();
    assert!(
        nested
            .check(columns)
            .unwrap_err()
            .to_string()
            .contains("no field .Nope")
    );
    let inner = Template::parse("{{with .ID}}{{.Anything}}{{end}}").unwrap();
    inner.check(columns).unwrap();
}

proptest! {
    #[test]
    fn no_template_makes_the_program_panic(
        parts in proptest::collection::vec(
            proptest::sample::select(vec![
                "{{", "}}", "{{-", "-}}", " ", ".", ".Id", ".Config.Env", "$", "$x", ":=", "=", "|", "(", ")", "if", "else",
                "end", "range", "with", "break", "index", "len", "printf", "\"%5.2q\"", "0", "9", "-1", "'", "\"", "`", "é",
                "/*", "*/", ",", "slice", "json", "join", "true", "nil", "\\", "pad", "99999999999",
            ]),
            0..24,
        )
    ) {
        made(&parts.concat());
        made(&parts.join(" "));
    }
}
