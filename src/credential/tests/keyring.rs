//! The chain where a keyring is meant and there is none: this environment never leads to the user's own.

use super::*;

#[tokio::test]
async fn a_keyring_that_must_be_used_and_is_not_there_is_an_error_and_nothing_goes_elsewhere() {
    let text = r#"{"credHelpers":{"r.example":"rg"},"auths":{"r.example":{"auth":"ZmlsZTpw"}}}"#;
    for (settings, text) in [
        ("", text),
        ("credential_store = \"file\"\n", text),
        ("", r#"{"credsStore":"rg"}"#),
        ("credential_store = \"keyring\"\n", "{}"),
        ("credential_store = \"rg\"\n", "{}"),
    ] {
        let mut home = Home::new(text);
        home.settings = settings;
        let (chain, host) = (home.chain(), host("r.example"));
        let errors = [
            chain.find(&host).await.err(),
            chain.destination(&host).await.err(),
            chain.store(&host, &alice()).await.err(),
            chain.list().await.complete().err(),
        ];
        for error in errors {
            let error = error.unwrap();
            assert!(matches!(error, Error::Keyring { .. }), "{error}");
        }
        assert_eq!(home.file(), text);
        assert!(chain.erase(&host).await.is_err());
        let file = home.file();
        assert!(
            !file.contains("r.example"),
            "the file forgets all the same: {file}"
        );
    }
}

#[tokio::test]
async fn a_host_that_the_file_takes_away_from_helpers_is_not_in_the_keyring() {
    let mut home = Home::new(r#"{"credHelpers":{"r.example":""}}"#);
    home.settings = "credential_store = \"keyring\"\n";
    let (chain, host) = (home.chain(), host("r.example"));
    let file = Stored::File(home.folder.path().join(".docker/config.json"));
    assert_eq!(chain.destination(&host).await.unwrap(), file);
    assert_eq!(chain.store(&host, &alice()).await.unwrap(), file);
    let found = chain.find(&host).await.unwrap().unwrap();
    assert_eq!(found.credential, alice());
}

#[tokio::test]
async fn a_mark_of_somebody_elses_helper_is_no_login_where_there_is_no_keyring() {
    let home = Home::new(r#"{"auths":{"r.example":{}}}"#);
    let chain = home.chain();
    assert_eq!(chain.find(&host("r.example")).await.unwrap(), None);
    assert!(chain.list().await.complete().unwrap().is_empty());
    assert!(!chain.erase(&host("r.example")).await.unwrap());
}
