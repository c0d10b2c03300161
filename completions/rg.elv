
use builtin;
use str;

set edit:completion:arg-completer[rg] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'rg'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'rg'= {
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -v 'Print the version'
            cand --version 'Print the version'
            cand -h 'Print help'
            cand --help 'Print help'
            cand logout 'Log out from a registry'
            cand credential 'Keep logins of docker and others in the keyring'
            cand pull 'Pull images from a registry into the local store'
            cand push 'Push images from the local store to a registry'
            cand images 'List the images in the local store'
            cand tag 'Give a local image another name'
            cand rmi 'Remove images from the local store'
            cand search 'Search Docker Hub or a registry for repositories'
            cand catalog 'List the repositories of a registry'
            cand tags 'List the tags of a repository on its registry'
            cand inspect 'Show everything about images, as JSON'
            cand manifest 'Print a manifest'
            cand digest 'Print the digest a name points at'
            cand fsck 'Check every byte of the local store'
            cand serve 'Serve the local store as a registry'
            cand doctor 'Check that everything works here'
            cand image 'Docker''s longer spellings: image pull, image ls, image rm and so on'
            cand completion 'Print the completion script of a shell'
            cand man 'Print a manual page'
            cand version 'Show the version'
            cand login 'Log in to a registry and store the credentials'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'rg;logout'= {
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand --all 'Log out from every registry'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rg;credential'= {
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand get 'Print the login of a server as JSON, its secret included'
            cand store 'Store a login: {"ServerURL": "...", "Username": "...", "Secret": "..."}'
            cand erase 'Forget the login of a server'
            cand list 'List servers and user names as JSON'
            cand version 'Print name and version'
            cand install 'Make this program docker''s helper `rg`'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'rg;credential;get'= {
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rg;credential;store'= {
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rg;credential;erase'= {
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rg;credential;list'= {
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rg;credential;version'= {
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rg;credential;install'= {
            cand --dir 'Where; by default beside the program'
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand --force 'Replace another program of that name'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rg;credential;help'= {
            cand get 'Print the login of a server as JSON, its secret included'
            cand store 'Store a login: {"ServerURL": "...", "Username": "...", "Secret": "..."}'
            cand erase 'Forget the login of a server'
            cand list 'List servers and user names as JSON'
            cand version 'Print name and version'
            cand install 'Make this program docker''s helper `rg`'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'rg;credential;help;get'= {
        }
        &'rg;credential;help;store'= {
        }
        &'rg;credential;help;erase'= {
        }
        &'rg;credential;help;list'= {
        }
        &'rg;credential;help;version'= {
        }
        &'rg;credential;help;install'= {
        }
        &'rg;credential;help;help'= {
        }
        &'rg;pull'= {
            cand --platform 'Pull for these platforms, such as linux/arm64 [env: DOCKER_DEFAULT_PLATFORM]'
            cand --disable-content-trust 'Accepted for docker''s sake'
            cand --ca-file 'Trust the authorities in this PEM file too'
            cand --cert-file 'Client certificate, PEM'
            cand --key-file 'Key of the client certificate, PEM'
            cand --creds 'Credentials for this command only'
            cand --retries 'How often to try again [default: 5]'
            cand --connect-timeout 'The longest wait for a connection [default: 10s]'
            cand --stall-timeout 'The longest wait for the next byte [default: 30s]'
            cand --limit-rate 'The most bytes a second in all, such as 5M'
            cand -j 'How many transfers at once [default: 16]'
            cand --parallel 'How many transfers at once [default: 16]'
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand -a 'Pull every tag of the repository'
            cand --all-tags 'Pull every tag of the repository'
            cand --all-platforms 'Pull for every platform there is'
            cand -q 'Print only the name of what was pulled'
            cand --quiet 'Print only the name of what was pulled'
            cand --no-fsync 'Do not wait for the disk: for stores that are thrown away'
            cand --dry-run 'Only say what would be pulled'
            cand --newer 'Only say whether the registry has something newer'
            cand --exit-code 'With --newer: exit with 1 if it has'
            cand --plain-http 'Talk plain HTTP'
            cand --insecure 'Do not verify certificates'
            cand --anonymous 'Use no stored credentials'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rg;push'= {
            cand --platform 'Push only the image for this platform'
            cand --disable-content-trust 'Accepted for docker''s sake'
            cand --ca-file 'Trust the authorities in this PEM file too'
            cand --cert-file 'Client certificate, PEM'
            cand --key-file 'Key of the client certificate, PEM'
            cand --creds 'Credentials for this command only'
            cand --retries 'How often to try again [default: 5]'
            cand --connect-timeout 'The longest wait for a connection [default: 10s]'
            cand --stall-timeout 'The longest wait for the next byte [default: 30s]'
            cand --limit-rate 'The most bytes a second in all, such as 5M'
            cand -j 'How many transfers at once [default: 16]'
            cand --parallel 'How many transfers at once [default: 16]'
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand -a 'Push every local tag of the repository'
            cand --all-tags 'Push every local tag of the repository'
            cand -q 'Print only the name of what was pushed'
            cand --quiet 'Print only the name of what was pushed'
            cand --dry-run 'Only say what would be pushed'
            cand --plain-http 'Talk plain HTTP'
            cand --insecure 'Do not verify certificates'
            cand --anonymous 'Use no stored credentials'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rg;images'= {
            cand -f 'Show only images that pass a condition'
            cand --filter 'Show only images that pass a condition'
            cand --format 'table, json, or a template of fields such as {{.ID}}'
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand -a 'Show all images; docker''s intermediate images do not exist here'
            cand --all 'Show all images; docker''s intermediate images do not exist here'
            cand --digests 'Show digests'
            cand --no-trunc 'Do not shorten IDs'
            cand -q 'Print only IDs'
            cand --quiet 'Print only IDs'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rg;tag'= {
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rg;rmi'= {
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand -f 'Remove an image by ID although several repositories name it'
            cand --force 'Remove an image by ID although several repositories name it'
            cand --no-prune 'Accepted for docker''s sake: there are no untagged parents here'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rg;search'= {
            cand --registry 'Search this registry; may be given more than once'
            cand -f 'Show only results that pass a condition'
            cand --filter 'Show only results that pass a condition'
            cand -s 'Show only results with at least this many stars'
            cand --stars 'Show only results with at least this many stars'
            cand --limit 'How many results, from 1 to 100'
            cand --format 'table, json, or a template of fields such as {{.Name}}'
            cand --ca-file 'Trust the authorities in this PEM file too'
            cand --cert-file 'Client certificate, PEM'
            cand --key-file 'Key of the client certificate, PEM'
            cand --creds 'Credentials for this command only'
            cand --retries 'How often to try again [default: 5]'
            cand --connect-timeout 'The longest wait for a connection [default: 10s]'
            cand --stall-timeout 'The longest wait for the next byte [default: 30s]'
            cand --limit-rate 'The most bytes a second in all, such as 5M'
            cand -j 'How many transfers at once [default: 16]'
            cand --parallel 'How many transfers at once [default: 16]'
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand --no-trunc 'Do not shorten descriptions'
            cand --json 'One JSON object a line'
            cand --plain-http 'Talk plain HTTP'
            cand --insecure 'Do not verify certificates'
            cand --anonymous 'Use no stored credentials'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rg;catalog'= {
            cand --limit 'The most repositories to list'
            cand --last 'List what comes after this repository'
            cand --ca-file 'Trust the authorities in this PEM file too'
            cand --cert-file 'Client certificate, PEM'
            cand --key-file 'Key of the client certificate, PEM'
            cand --creds 'Credentials for this command only'
            cand --retries 'How often to try again [default: 5]'
            cand --connect-timeout 'The longest wait for a connection [default: 10s]'
            cand --stall-timeout 'The longest wait for the next byte [default: 30s]'
            cand --limit-rate 'The most bytes a second in all, such as 5M'
            cand -j 'How many transfers at once [default: 16]'
            cand --parallel 'How many transfers at once [default: 16]'
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand --json 'One JSON object a line'
            cand --plain-http 'Talk plain HTTP'
            cand --insecure 'Do not verify certificates'
            cand --anonymous 'Use no stored credentials'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rg;tags'= {
            cand --sort 'name, or semver: by version, the newest last'
            cand --filter 'Only tags that match a shell pattern'
            cand --limit 'The most tags to list'
            cand --ca-file 'Trust the authorities in this PEM file too'
            cand --cert-file 'Client certificate, PEM'
            cand --key-file 'Key of the client certificate, PEM'
            cand --creds 'Credentials for this command only'
            cand --retries 'How often to try again [default: 5]'
            cand --connect-timeout 'The longest wait for a connection [default: 10s]'
            cand --stall-timeout 'The longest wait for the next byte [default: 30s]'
            cand --limit-rate 'The most bytes a second in all, such as 5M'
            cand -j 'How many transfers at once [default: 16]'
            cand --parallel 'How many transfers at once [default: 16]'
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand --json 'One JSON object a line'
            cand --plain-http 'Talk plain HTTP'
            cand --insecure 'Do not verify certificates'
            cand --anonymous 'Use no stored credentials'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rg;inspect'= {
            cand -f 'json, or a template of fields such as {{.Config.Env}}'
            cand --format 'json, or a template of fields such as {{.Config.Env}}'
            cand --platform 'The image for this platform'
            cand --ca-file 'Trust the authorities in this PEM file too'
            cand --cert-file 'Client certificate, PEM'
            cand --key-file 'Key of the client certificate, PEM'
            cand --creds 'Credentials for this command only'
            cand --retries 'How often to try again [default: 5]'
            cand --connect-timeout 'The longest wait for a connection [default: 10s]'
            cand --stall-timeout 'The longest wait for the next byte [default: 30s]'
            cand --limit-rate 'The most bytes a second in all, such as 5M'
            cand -j 'How many transfers at once [default: 16]'
            cand --parallel 'How many transfers at once [default: 16]'
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand --remote 'The image on its registry, without pulling it'
            cand --plain-http 'Talk plain HTTP'
            cand --insecure 'Do not verify certificates'
            cand --anonymous 'Use no stored credentials'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rg;manifest'= {
            cand --platform 'The manifest for this platform, where NAME is an index'
            cand --ca-file 'Trust the authorities in this PEM file too'
            cand --cert-file 'Client certificate, PEM'
            cand --key-file 'Key of the client certificate, PEM'
            cand --creds 'Credentials for this command only'
            cand --retries 'How often to try again [default: 5]'
            cand --connect-timeout 'The longest wait for a connection [default: 10s]'
            cand --stall-timeout 'The longest wait for the next byte [default: 30s]'
            cand --limit-rate 'The most bytes a second in all, such as 5M'
            cand -j 'How many transfers at once [default: 16]'
            cand --parallel 'How many transfers at once [default: 16]'
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand --pretty 'Over several lines instead of the exact bytes'
            cand --plain-http 'Talk plain HTTP'
            cand --insecure 'Do not verify certificates'
            cand --anonymous 'Use no stored credentials'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
            cand inspect 'Print a manifest over several lines, as docker does'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'rg;manifest;inspect'= {
            cand --platform 'The manifest for this platform, where NAME is an index'
            cand --ca-file 'Trust the authorities in this PEM file too'
            cand --cert-file 'Client certificate, PEM'
            cand --key-file 'Key of the client certificate, PEM'
            cand --creds 'Credentials for this command only'
            cand --retries 'How often to try again [default: 5]'
            cand --connect-timeout 'The longest wait for a connection [default: 10s]'
            cand --stall-timeout 'The longest wait for the next byte [default: 30s]'
            cand --limit-rate 'The most bytes a second in all, such as 5M'
            cand -j 'How many transfers at once [default: 16]'
            cand --parallel 'How many transfers at once [default: 16]'
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand --plain-http 'Talk plain HTTP'
            cand --insecure 'Do not verify certificates'
            cand --anonymous 'Use no stored credentials'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rg;manifest;help'= {
            cand inspect 'Print a manifest over several lines, as docker does'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'rg;manifest;help;inspect'= {
        }
        &'rg;manifest;help;help'= {
        }
        &'rg;digest'= {
            cand --ca-file 'Trust the authorities in this PEM file too'
            cand --cert-file 'Client certificate, PEM'
            cand --key-file 'Key of the client certificate, PEM'
            cand --creds 'Credentials for this command only'
            cand --retries 'How often to try again [default: 5]'
            cand --connect-timeout 'The longest wait for a connection [default: 10s]'
            cand --stall-timeout 'The longest wait for the next byte [default: 30s]'
            cand --limit-rate 'The most bytes a second in all, such as 5M'
            cand -j 'How many transfers at once [default: 16]'
            cand --parallel 'How many transfers at once [default: 16]'
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand --full-ref 'Print the whole reference, with the digest in it'
            cand --plain-http 'Talk plain HTTP'
            cand --insecure 'Do not verify certificates'
            cand --anonymous 'Use no stored credentials'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rg;fsck'= {
            cand --ca-file 'Trust the authorities in this PEM file too'
            cand --cert-file 'Client certificate, PEM'
            cand --key-file 'Key of the client certificate, PEM'
            cand --creds 'Credentials for this command only'
            cand --retries 'How often to try again [default: 5]'
            cand --connect-timeout 'The longest wait for a connection [default: 10s]'
            cand --stall-timeout 'The longest wait for the next byte [default: 30s]'
            cand --limit-rate 'The most bytes a second in all, such as 5M'
            cand -j 'How many transfers at once [default: 16]'
            cand --parallel 'How many transfers at once [default: 16]'
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand --repair 'Fetch damaged and missing content again'
            cand --json 'One JSON object a problem, and one about all'
            cand -q 'Print only problems'
            cand --quiet 'Print only problems'
            cand --plain-http 'Talk plain HTTP'
            cand --insecure 'Do not verify certificates'
            cand --anonymous 'Use no stored credentials'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rg;serve'= {
            cand --htpasswd 'Ask for a user and password of this file, bcrypt lines as `htpasswd -B` writes them'
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand --read-only 'Refuse everything that would change the store'
            cand --allow-delete 'Let clients delete tags, manifests and blobs'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rg;doctor'= {
            cand --ca-file 'Trust the authorities in this PEM file too'
            cand --cert-file 'Client certificate, PEM'
            cand --key-file 'Key of the client certificate, PEM'
            cand --creds 'Credentials for this command only'
            cand --retries 'How often to try again [default: 5]'
            cand --connect-timeout 'The longest wait for a connection [default: 10s]'
            cand --stall-timeout 'The longest wait for the next byte [default: 30s]'
            cand --limit-rate 'The most bytes a second in all, such as 5M'
            cand -j 'How many transfers at once [default: 16]'
            cand --parallel 'How many transfers at once [default: 16]'
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand --plain-http 'Talk plain HTTP'
            cand --insecure 'Do not verify certificates'
            cand --anonymous 'Use no stored credentials'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rg;image'= {
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
            cand pull 'Pull images from a registry into the local store'
            cand push 'Push images from the local store to a registry'
            cand ls 'List the images in the local store'
            cand list 'List the images in the local store'
            cand rm 'Remove images from the local store'
            cand remove 'Remove images from the local store'
            cand tag 'Give a local image another name'
            cand inspect 'Show everything about images, as JSON'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'rg;image;pull'= {
            cand --platform 'Pull for these platforms, such as linux/arm64 [env: DOCKER_DEFAULT_PLATFORM]'
            cand --disable-content-trust 'Accepted for docker''s sake'
            cand --ca-file 'Trust the authorities in this PEM file too'
            cand --cert-file 'Client certificate, PEM'
            cand --key-file 'Key of the client certificate, PEM'
            cand --creds 'Credentials for this command only'
            cand --retries 'How often to try again [default: 5]'
            cand --connect-timeout 'The longest wait for a connection [default: 10s]'
            cand --stall-timeout 'The longest wait for the next byte [default: 30s]'
            cand --limit-rate 'The most bytes a second in all, such as 5M'
            cand -j 'How many transfers at once [default: 16]'
            cand --parallel 'How many transfers at once [default: 16]'
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand -a 'Pull every tag of the repository'
            cand --all-tags 'Pull every tag of the repository'
            cand --all-platforms 'Pull for every platform there is'
            cand -q 'Print only the name of what was pulled'
            cand --quiet 'Print only the name of what was pulled'
            cand --no-fsync 'Do not wait for the disk: for stores that are thrown away'
            cand --dry-run 'Only say what would be pulled'
            cand --newer 'Only say whether the registry has something newer'
            cand --exit-code 'With --newer: exit with 1 if it has'
            cand --plain-http 'Talk plain HTTP'
            cand --insecure 'Do not verify certificates'
            cand --anonymous 'Use no stored credentials'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rg;image;push'= {
            cand --platform 'Push only the image for this platform'
            cand --disable-content-trust 'Accepted for docker''s sake'
            cand --ca-file 'Trust the authorities in this PEM file too'
            cand --cert-file 'Client certificate, PEM'
            cand --key-file 'Key of the client certificate, PEM'
            cand --creds 'Credentials for this command only'
            cand --retries 'How often to try again [default: 5]'
            cand --connect-timeout 'The longest wait for a connection [default: 10s]'
            cand --stall-timeout 'The longest wait for the next byte [default: 30s]'
            cand --limit-rate 'The most bytes a second in all, such as 5M'
            cand -j 'How many transfers at once [default: 16]'
            cand --parallel 'How many transfers at once [default: 16]'
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand -a 'Push every local tag of the repository'
            cand --all-tags 'Push every local tag of the repository'
            cand -q 'Print only the name of what was pushed'
            cand --quiet 'Print only the name of what was pushed'
            cand --dry-run 'Only say what would be pushed'
            cand --plain-http 'Talk plain HTTP'
            cand --insecure 'Do not verify certificates'
            cand --anonymous 'Use no stored credentials'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rg;image;ls'= {
            cand -f 'Show only images that pass a condition'
            cand --filter 'Show only images that pass a condition'
            cand --format 'table, json, or a template of fields such as {{.ID}}'
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand -a 'Show all images; docker''s intermediate images do not exist here'
            cand --all 'Show all images; docker''s intermediate images do not exist here'
            cand --digests 'Show digests'
            cand --no-trunc 'Do not shorten IDs'
            cand -q 'Print only IDs'
            cand --quiet 'Print only IDs'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rg;image;list'= {
            cand -f 'Show only images that pass a condition'
            cand --filter 'Show only images that pass a condition'
            cand --format 'table, json, or a template of fields such as {{.ID}}'
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand -a 'Show all images; docker''s intermediate images do not exist here'
            cand --all 'Show all images; docker''s intermediate images do not exist here'
            cand --digests 'Show digests'
            cand --no-trunc 'Do not shorten IDs'
            cand -q 'Print only IDs'
            cand --quiet 'Print only IDs'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rg;image;rm'= {
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand -f 'Remove an image by ID although several repositories name it'
            cand --force 'Remove an image by ID although several repositories name it'
            cand --no-prune 'Accepted for docker''s sake: there are no untagged parents here'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rg;image;remove'= {
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand -f 'Remove an image by ID although several repositories name it'
            cand --force 'Remove an image by ID although several repositories name it'
            cand --no-prune 'Accepted for docker''s sake: there are no untagged parents here'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rg;image;tag'= {
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rg;image;inspect'= {
            cand -f 'json, or a template of fields such as {{.Config.Env}}'
            cand --format 'json, or a template of fields such as {{.Config.Env}}'
            cand --platform 'The image for this platform'
            cand --ca-file 'Trust the authorities in this PEM file too'
            cand --cert-file 'Client certificate, PEM'
            cand --key-file 'Key of the client certificate, PEM'
            cand --creds 'Credentials for this command only'
            cand --retries 'How often to try again [default: 5]'
            cand --connect-timeout 'The longest wait for a connection [default: 10s]'
            cand --stall-timeout 'The longest wait for the next byte [default: 30s]'
            cand --limit-rate 'The most bytes a second in all, such as 5M'
            cand -j 'How many transfers at once [default: 16]'
            cand --parallel 'How many transfers at once [default: 16]'
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand --remote 'The image on its registry, without pulling it'
            cand --plain-http 'Talk plain HTTP'
            cand --insecure 'Do not verify certificates'
            cand --anonymous 'Use no stored credentials'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rg;image;help'= {
            cand pull 'Pull images from a registry into the local store'
            cand push 'Push images from the local store to a registry'
            cand ls 'List the images in the local store'
            cand rm 'Remove images from the local store'
            cand tag 'Give a local image another name'
            cand inspect 'Show everything about images, as JSON'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'rg;image;help;pull'= {
        }
        &'rg;image;help;push'= {
        }
        &'rg;image;help;ls'= {
        }
        &'rg;image;help;rm'= {
        }
        &'rg;image;help;tag'= {
        }
        &'rg;image;help;inspect'= {
        }
        &'rg;image;help;help'= {
        }
        &'rg;completion'= {
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rg;man'= {
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rg;version'= {
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rg;login'= {
            cand -u 'User name'
            cand --username 'User name'
            cand -p 'Password or token; visible to other users of this machine, `-` reads it from standard input'
            cand --password 'Password or token; visible to other users of this machine, `-` reads it from standard input'
            cand --ca-file 'Trust the authorities in this PEM file too'
            cand --cert-file 'Client certificate, PEM'
            cand --key-file 'Key of the client certificate, PEM'
            cand --retries 'How often to try again [default: 5]'
            cand --connect-timeout 'The longest wait for a connection [default: 10s]'
            cand --stall-timeout 'The longest wait for the next byte [default: 30s]'
            cand --limit-rate 'The most bytes a second in all, such as 5M'
            cand -j 'How many transfers at once [default: 16]'
            cand --parallel 'How many transfers at once [default: 16]'
            cand --creds 'Credentials for this command only'
            cand --store 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]'
            cand --config 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]'
            cand --settings 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]'
            cand --progress 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]'
            cand --color 'When to use colour: auto, always or never'
            cand --log-level 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]'
            cand --password-stdin 'Read the password or token from standard input'
            cand --list 'List the registries with a login instead'
            cand --plain-http 'Talk plain HTTP'
            cand --insecure 'Do not verify certificates'
            cand --anonymous 'Use no stored credentials'
            cand -D 'Say what is done, on standard error'
            cand --debug 'Say what is done, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'rg;help'= {
            cand logout 'Log out from a registry'
            cand credential 'Keep logins of docker and others in the keyring'
            cand pull 'Pull images from a registry into the local store'
            cand push 'Push images from the local store to a registry'
            cand images 'List the images in the local store'
            cand tag 'Give a local image another name'
            cand rmi 'Remove images from the local store'
            cand search 'Search Docker Hub or a registry for repositories'
            cand catalog 'List the repositories of a registry'
            cand tags 'List the tags of a repository on its registry'
            cand inspect 'Show everything about images, as JSON'
            cand manifest 'Print a manifest'
            cand digest 'Print the digest a name points at'
            cand fsck 'Check every byte of the local store'
            cand serve 'Serve the local store as a registry'
            cand doctor 'Check that everything works here'
            cand image 'Docker''s longer spellings: image pull, image ls, image rm and so on'
            cand completion 'Print the completion script of a shell'
            cand man 'Print a manual page'
            cand version 'Show the version'
            cand login 'Log in to a registry and store the credentials'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'rg;help;logout'= {
        }
        &'rg;help;credential'= {
            cand get 'Print the login of a server as JSON, its secret included'
            cand store 'Store a login: {"ServerURL": "...", "Username": "...", "Secret": "..."}'
            cand erase 'Forget the login of a server'
            cand list 'List servers and user names as JSON'
            cand version 'Print name and version'
            cand install 'Make this program docker''s helper `rg`'
        }
        &'rg;help;credential;get'= {
        }
        &'rg;help;credential;store'= {
        }
        &'rg;help;credential;erase'= {
        }
        &'rg;help;credential;list'= {
        }
        &'rg;help;credential;version'= {
        }
        &'rg;help;credential;install'= {
        }
        &'rg;help;pull'= {
        }
        &'rg;help;push'= {
        }
        &'rg;help;images'= {
        }
        &'rg;help;tag'= {
        }
        &'rg;help;rmi'= {
        }
        &'rg;help;search'= {
        }
        &'rg;help;catalog'= {
        }
        &'rg;help;tags'= {
        }
        &'rg;help;inspect'= {
        }
        &'rg;help;manifest'= {
            cand inspect 'Print a manifest over several lines, as docker does'
        }
        &'rg;help;manifest;inspect'= {
        }
        &'rg;help;digest'= {
        }
        &'rg;help;fsck'= {
        }
        &'rg;help;serve'= {
        }
        &'rg;help;doctor'= {
        }
        &'rg;help;image'= {
            cand pull 'Pull images from a registry into the local store'
            cand push 'Push images from the local store to a registry'
            cand ls 'List the images in the local store'
            cand rm 'Remove images from the local store'
            cand tag 'Give a local image another name'
            cand inspect 'Show everything about images, as JSON'
        }
        &'rg;help;image;pull'= {
        }
        &'rg;help;image;push'= {
        }
        &'rg;help;image;ls'= {
        }
        &'rg;help;image;rm'= {
        }
        &'rg;help;image;tag'= {
        }
        &'rg;help;image;inspect'= {
        }
        &'rg;help;completion'= {
        }
        &'rg;help;man'= {
        }
        &'rg;help;version'= {
        }
        &'rg;help;login'= {
        }
        &'rg;help;help'= {
        }
    ]
    $completions[$command]
}
