
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'rg' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'rg'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'rg' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print the version')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'Log out from a registry')
            [CompletionResult]::new('credential', 'credential', [CompletionResultType]::ParameterValue, 'Keep logins of docker and others in the keyring')
            [CompletionResult]::new('pull', 'pull', [CompletionResultType]::ParameterValue, 'Pull images from a registry into the local store')
            [CompletionResult]::new('push', 'push', [CompletionResultType]::ParameterValue, 'Push images from the local store to a registry')
            [CompletionResult]::new('images', 'images', [CompletionResultType]::ParameterValue, 'List the images in the local store')
            [CompletionResult]::new('copy', 'copy', [CompletionResultType]::ParameterValue, 'Copy images between registries, the local store, layouts, archives and docker''s daemon')
            [CompletionResult]::new('cp', 'cp', [CompletionResultType]::ParameterValue, 'Copy images between registries, the local store, layouts, archives and docker''s daemon')
            [CompletionResult]::new('tag', 'tag', [CompletionResultType]::ParameterValue, 'Give a local image another name')
            [CompletionResult]::new('rmi', 'rmi', [CompletionResultType]::ParameterValue, 'Remove images from the local store')
            [CompletionResult]::new('save', 'save', [CompletionResultType]::ParameterValue, 'Save local images to a tar')
            [CompletionResult]::new('load', 'load', [CompletionResultType]::ParameterValue, 'Load images from a tar')
            [CompletionResult]::new('unpack', 'unpack', [CompletionResultType]::ParameterValue, 'Unpack the files of a local image into a folder, or into one tar')
            [CompletionResult]::new('search', 'search', [CompletionResultType]::ParameterValue, 'Search Docker Hub or a registry for repositories')
            [CompletionResult]::new('catalog', 'catalog', [CompletionResultType]::ParameterValue, 'List the repositories of a registry')
            [CompletionResult]::new('tags', 'tags', [CompletionResultType]::ParameterValue, 'List the tags of a repository on its registry')
            [CompletionResult]::new('inspect', 'inspect', [CompletionResultType]::ParameterValue, 'Show everything about images, as JSON')
            [CompletionResult]::new('manifest', 'manifest', [CompletionResultType]::ParameterValue, 'Print a manifest')
            [CompletionResult]::new('digest', 'digest', [CompletionResultType]::ParameterValue, 'Print the digest a name points at')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'Show how an image was made')
            [CompletionResult]::new('referrers', 'referrers', [CompletionResultType]::ParameterValue, 'List what is attached to an image: signatures, SBOMs, attestations')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete tags or images on their registry')
            [CompletionResult]::new('expire', 'expire', [CompletionResultType]::ParameterValue, 'Delete old tags of a repository on its registry')
            [CompletionResult]::new('prune', 'prune', [CompletionResultType]::ParameterValue, 'Remove what no image of the local store uses')
            [CompletionResult]::new('du', 'du', [CompletionResultType]::ParameterValue, 'Show how much disk the images take')
            [CompletionResult]::new('fsck', 'fsck', [CompletionResultType]::ParameterValue, 'Check every byte of the local store')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Serve the local store as a registry')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check that everything works here')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Show the settings that hold, and where each comes from')
            [CompletionResult]::new('image', 'image', [CompletionResultType]::ParameterValue, 'Docker''s longer spellings: image pull, image ls, image rm and so on')
            [CompletionResult]::new('system', 'system', [CompletionResultType]::ParameterValue, 'Docker''s spellings of du and prune')
            [CompletionResult]::new('completion', 'completion', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print a manual page')
            [CompletionResult]::new('version', 'version', [CompletionResultType]::ParameterValue, 'Show the version')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Log in to a registry and store the credentials')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'rg;logout' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Log out from every registry')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;credential' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Print the login of a server as JSON, its secret included')
            [CompletionResult]::new('store', 'store', [CompletionResultType]::ParameterValue, 'Store a login: {"ServerURL": "...", "Username": "...", "Secret": "..."}')
            [CompletionResult]::new('erase', 'erase', [CompletionResultType]::ParameterValue, 'Forget the login of a server')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List servers and user names as JSON')
            [CompletionResult]::new('version', 'version', [CompletionResultType]::ParameterValue, 'Print name and version')
            [CompletionResult]::new('install', 'install', [CompletionResultType]::ParameterValue, 'Make this program docker''s helper `rg`')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'rg;credential;get' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;credential;store' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;credential;erase' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;credential;list' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;credential;version' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;credential;install' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Where; by default beside the program')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Replace another program of that name')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;credential;help' {
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Print the login of a server as JSON, its secret included')
            [CompletionResult]::new('store', 'store', [CompletionResultType]::ParameterValue, 'Store a login: {"ServerURL": "...", "Username": "...", "Secret": "..."}')
            [CompletionResult]::new('erase', 'erase', [CompletionResultType]::ParameterValue, 'Forget the login of a server')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List servers and user names as JSON')
            [CompletionResult]::new('version', 'version', [CompletionResultType]::ParameterValue, 'Print name and version')
            [CompletionResult]::new('install', 'install', [CompletionResultType]::ParameterValue, 'Make this program docker''s helper `rg`')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'rg;credential;help;get' {
            break
        }
        'rg;credential;help;store' {
            break
        }
        'rg;credential;help;erase' {
            break
        }
        'rg;credential;help;list' {
            break
        }
        'rg;credential;help;version' {
            break
        }
        'rg;credential;help;install' {
            break
        }
        'rg;credential;help;help' {
            break
        }
        'rg;pull' {
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Pull for these platforms, such as linux/arm64 [env: DOCKER_DEFAULT_PLATFORM]')
            [CompletionResult]::new('--disable-content-trust', '--disable-content-trust', [CompletionResultType]::ParameterName, 'Accepted for docker''s sake')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the authorities in this PEM file too')
            [CompletionResult]::new('--cert-file', '--cert-file', [CompletionResultType]::ParameterName, 'Client certificate, PEM')
            [CompletionResult]::new('--key-file', '--key-file', [CompletionResultType]::ParameterName, 'Key of the client certificate, PEM')
            [CompletionResult]::new('--creds', '--creds', [CompletionResultType]::ParameterName, 'Credentials for this command only')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often to try again [default: 5]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'The longest wait for a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'The longest wait for the next byte [default: 30s]')
            [CompletionResult]::new('--limit-rate', '--limit-rate', [CompletionResultType]::ParameterName, 'The most bytes a second in all, such as 5M')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--parallel', '--parallel', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Pull every tag of the repository')
            [CompletionResult]::new('--all-tags', '--all-tags', [CompletionResultType]::ParameterName, 'Pull every tag of the repository')
            [CompletionResult]::new('--all-platforms', '--all-platforms', [CompletionResultType]::ParameterName, 'Pull for every platform there is')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only the name of what was pulled')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only the name of what was pulled')
            [CompletionResult]::new('--no-fsync', '--no-fsync', [CompletionResultType]::ParameterName, 'Do not wait for the disk: for stores that are thrown away')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Only say what would be pulled')
            [CompletionResult]::new('--newer', '--newer', [CompletionResultType]::ParameterName, 'Only say whether the registry has something newer')
            [CompletionResult]::new('--exit-code', '--exit-code', [CompletionResultType]::ParameterName, 'With --newer: exit with 1 if it has')
            [CompletionResult]::new('--allow-foreign-layers', '--allow-foreign-layers', [CompletionResultType]::ParameterName, 'Fetch layers that the registry lacks from the addresses their image lists, without credentials')
            [CompletionResult]::new('--plain-http', '--plain-http', [CompletionResultType]::ParameterName, 'Talk plain HTTP')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not verify certificates; talk plain HTTP to who does not speak TLS')
            [CompletionResult]::new('--anonymous', '--anonymous', [CompletionResultType]::ParameterName, 'Use no stored credentials')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;push' {
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Push only the image for this platform')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'Push to this registry, under this prefix, keeping the rest of each name')
            [CompletionResult]::new('--disable-content-trust', '--disable-content-trust', [CompletionResultType]::ParameterName, 'Accepted for docker''s sake')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the authorities in this PEM file too')
            [CompletionResult]::new('--cert-file', '--cert-file', [CompletionResultType]::ParameterName, 'Client certificate, PEM')
            [CompletionResult]::new('--key-file', '--key-file', [CompletionResultType]::ParameterName, 'Key of the client certificate, PEM')
            [CompletionResult]::new('--creds', '--creds', [CompletionResultType]::ParameterName, 'Credentials for this command only')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often to try again [default: 5]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'The longest wait for a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'The longest wait for the next byte [default: 30s]')
            [CompletionResult]::new('--limit-rate', '--limit-rate', [CompletionResultType]::ParameterName, 'The most bytes a second in all, such as 5M')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--parallel', '--parallel', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Push every local tag of the repository')
            [CompletionResult]::new('--all-tags', '--all-tags', [CompletionResultType]::ParameterName, 'Push every local tag of the repository')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only the name of what was pushed')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only the name of what was pushed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Only say what would be pushed')
            [CompletionResult]::new('--plain-http', '--plain-http', [CompletionResultType]::ParameterName, 'Talk plain HTTP')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not verify certificates; talk plain HTTP to who does not speak TLS')
            [CompletionResult]::new('--anonymous', '--anonymous', [CompletionResultType]::ParameterName, 'Use no stored credentials')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;images' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Show only images that pass a condition')
            [CompletionResult]::new('--filter', '--filter', [CompletionResultType]::ParameterName, 'Show only images that pass a condition')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'table, json, or a template such as {{.ID}} (see `man`)')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Show what is attached to others, too, such as signatures, where it has no name')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Show what is attached to others, too, such as signatures, where it has no name')
            [CompletionResult]::new('--digests', '--digests', [CompletionResultType]::ParameterName, 'Show digests')
            [CompletionResult]::new('--no-trunc', '--no-trunc', [CompletionResultType]::ParameterName, 'Do not shorten IDs')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only IDs')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only IDs')
            [CompletionResult]::new('--tree', '--tree', [CompletionResultType]::ParameterName, 'Show the platforms that each image lists; a size of - is not here')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;copy' {
            [CompletionResult]::new('--filter', '--filter', [CompletionResultType]::ParameterName, 'With -a: only tags that match a shell pattern')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Copy only the images for these platforms: one goes without its index, several with a shorter one')
            [CompletionResult]::new('--src-creds', '--src-creds', [CompletionResultType]::ParameterName, 'Credentials for the source only')
            [CompletionResult]::new('--dest-creds', '--dest-creds', [CompletionResultType]::ParameterName, 'Credentials for the target only')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the authorities in this PEM file too')
            [CompletionResult]::new('--cert-file', '--cert-file', [CompletionResultType]::ParameterName, 'Client certificate, PEM')
            [CompletionResult]::new('--key-file', '--key-file', [CompletionResultType]::ParameterName, 'Key of the client certificate, PEM')
            [CompletionResult]::new('--creds', '--creds', [CompletionResultType]::ParameterName, 'Credentials for this command only')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often to try again [default: 5]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'The longest wait for a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'The longest wait for the next byte [default: 30s]')
            [CompletionResult]::new('--limit-rate', '--limit-rate', [CompletionResultType]::ParameterName, 'The most bytes a second in all, such as 5M')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--parallel', '--parallel', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Copy every tag of the repository')
            [CompletionResult]::new('--all-tags', '--all-tags', [CompletionResultType]::ParameterName, 'Copy every tag of the repository')
            [CompletionResult]::new('--all-platforms', '--all-platforms', [CompletionResultType]::ParameterName, 'Copy for every platform there is, as without --platform')
            [CompletionResult]::new('--referrers', '--referrers', [CompletionResultType]::ParameterName, 'Copy what is attached to the image too: signatures, attestations, SBOMs')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only the name of what was copied')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only the name of what was copied')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Only say what would be copied')
            [CompletionResult]::new('--plain-http', '--plain-http', [CompletionResultType]::ParameterName, 'Talk plain HTTP')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not verify certificates; talk plain HTTP to who does not speak TLS')
            [CompletionResult]::new('--anonymous', '--anonymous', [CompletionResultType]::ParameterName, 'Use no stored credentials')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;cp' {
            [CompletionResult]::new('--filter', '--filter', [CompletionResultType]::ParameterName, 'With -a: only tags that match a shell pattern')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Copy only the images for these platforms: one goes without its index, several with a shorter one')
            [CompletionResult]::new('--src-creds', '--src-creds', [CompletionResultType]::ParameterName, 'Credentials for the source only')
            [CompletionResult]::new('--dest-creds', '--dest-creds', [CompletionResultType]::ParameterName, 'Credentials for the target only')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the authorities in this PEM file too')
            [CompletionResult]::new('--cert-file', '--cert-file', [CompletionResultType]::ParameterName, 'Client certificate, PEM')
            [CompletionResult]::new('--key-file', '--key-file', [CompletionResultType]::ParameterName, 'Key of the client certificate, PEM')
            [CompletionResult]::new('--creds', '--creds', [CompletionResultType]::ParameterName, 'Credentials for this command only')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often to try again [default: 5]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'The longest wait for a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'The longest wait for the next byte [default: 30s]')
            [CompletionResult]::new('--limit-rate', '--limit-rate', [CompletionResultType]::ParameterName, 'The most bytes a second in all, such as 5M')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--parallel', '--parallel', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Copy every tag of the repository')
            [CompletionResult]::new('--all-tags', '--all-tags', [CompletionResultType]::ParameterName, 'Copy every tag of the repository')
            [CompletionResult]::new('--all-platforms', '--all-platforms', [CompletionResultType]::ParameterName, 'Copy for every platform there is, as without --platform')
            [CompletionResult]::new('--referrers', '--referrers', [CompletionResultType]::ParameterName, 'Copy what is attached to the image too: signatures, attestations, SBOMs')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only the name of what was copied')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only the name of what was copied')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Only say what would be copied')
            [CompletionResult]::new('--plain-http', '--plain-http', [CompletionResultType]::ParameterName, 'Talk plain HTTP')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not verify certificates; talk plain HTTP to who does not speak TLS')
            [CompletionResult]::new('--anonymous', '--anonymous', [CompletionResultType]::ParameterName, 'Use no stored credentials')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;tag' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;rmi' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Remove an image by ID although several repositories name it')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Remove an image by ID although several repositories name it')
            [CompletionResult]::new('--no-prune', '--no-prune', [CompletionResultType]::ParameterName, 'Accepted for docker''s sake: there are no untagged parents here')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;save' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'The file to write; `-` is standard output, as without this')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The file to write; `-` is standard output, as without this')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'oci: a layout only; docker: docker''s older archive, with layers as they were before compression')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Save only the image for this platform')
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Leave out blobs that are in this tar, or whose digests this text file lists')
            [CompletionResult]::new('--recompress', '--recompress', [CompletionResultType]::ParameterName, 'gzip: save layers that are zstd as gzip, for docker before 23.0; this changes digests, image IDs stay')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;load' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'The file to read; `-` is standard input, as without this')
            [CompletionResult]::new('--input', '--input', [CompletionResultType]::ParameterName, 'The file to read; `-` is standard input, as without this')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'The name for an image that has none in the tar')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Move names that mean other images here')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Move names that mean other images here')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only the names of what was loaded')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only the names of what was loaded')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;unpack' {
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Take the image for this platform')
            [CompletionResult]::new('--max-size', '--max-size', [CompletionResultType]::ParameterName, 'The most bytes that may come of it, such as 20G; by default 64 MiB, or 1000 times the size of its layers if that is more')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('--tar', '--tar', [CompletionResultType]::ParameterName, 'Write one tar of all layers instead of a folder')
            [CompletionResult]::new('--allow-devices', '--allow-devices', [CompletionResultType]::ParameterName, 'Make device files too, as root; a tar has them in any case')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;search' {
            [CompletionResult]::new('--registry', '--registry', [CompletionResultType]::ParameterName, 'Search this registry; may be given more than once, and they are asked at once')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Show only results that pass a condition')
            [CompletionResult]::new('--filter', '--filter', [CompletionResultType]::ParameterName, 'Show only results that pass a condition')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Show only results with at least this many stars')
            [CompletionResult]::new('--stars', '--stars', [CompletionResultType]::ParameterName, 'Show only results with at least this many stars')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'How many results in all, from 1 to 100')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'table, json, or a template such as {{.Name}} (see `man`)')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the authorities in this PEM file too')
            [CompletionResult]::new('--cert-file', '--cert-file', [CompletionResultType]::ParameterName, 'Client certificate, PEM')
            [CompletionResult]::new('--key-file', '--key-file', [CompletionResultType]::ParameterName, 'Key of the client certificate, PEM')
            [CompletionResult]::new('--creds', '--creds', [CompletionResultType]::ParameterName, 'Credentials for this command only')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often to try again [default: 5]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'The longest wait for a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'The longest wait for the next byte [default: 30s]')
            [CompletionResult]::new('--limit-rate', '--limit-rate', [CompletionResultType]::ParameterName, 'The most bytes a second in all, such as 5M')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--parallel', '--parallel', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('--no-trunc', '--no-trunc', [CompletionResultType]::ParameterName, 'Do not shorten descriptions')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'One JSON object a line')
            [CompletionResult]::new('--plain-http', '--plain-http', [CompletionResultType]::ParameterName, 'Talk plain HTTP')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not verify certificates; talk plain HTTP to who does not speak TLS')
            [CompletionResult]::new('--anonymous', '--anonymous', [CompletionResultType]::ParameterName, 'Use no stored credentials')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;catalog' {
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'The most repositories to list')
            [CompletionResult]::new('--last', '--last', [CompletionResultType]::ParameterName, 'List what comes after this repository')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the authorities in this PEM file too')
            [CompletionResult]::new('--cert-file', '--cert-file', [CompletionResultType]::ParameterName, 'Client certificate, PEM')
            [CompletionResult]::new('--key-file', '--key-file', [CompletionResultType]::ParameterName, 'Key of the client certificate, PEM')
            [CompletionResult]::new('--creds', '--creds', [CompletionResultType]::ParameterName, 'Credentials for this command only')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often to try again [default: 5]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'The longest wait for a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'The longest wait for the next byte [default: 30s]')
            [CompletionResult]::new('--limit-rate', '--limit-rate', [CompletionResultType]::ParameterName, 'The most bytes a second in all, such as 5M')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--parallel', '--parallel', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'One JSON object a line')
            [CompletionResult]::new('--plain-http', '--plain-http', [CompletionResultType]::ParameterName, 'Talk plain HTTP')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not verify certificates; talk plain HTTP to who does not speak TLS')
            [CompletionResult]::new('--anonymous', '--anonymous', [CompletionResultType]::ParameterName, 'Use no stored credentials')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;tags' {
            [CompletionResult]::new('--sort', '--sort', [CompletionResultType]::ParameterName, 'name; semver: by version, the newest last; created: by age, the newest last')
            [CompletionResult]::new('--filter', '--filter', [CompletionResultType]::ParameterName, 'Only tags that match a shell pattern')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'The most tags to list: the first by name, the newest by version or age')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Size and age of the image for this platform')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'table, json, or a template such as {{.Tag}} (see `man`)')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the authorities in this PEM file too')
            [CompletionResult]::new('--cert-file', '--cert-file', [CompletionResultType]::ParameterName, 'Client certificate, PEM')
            [CompletionResult]::new('--key-file', '--key-file', [CompletionResultType]::ParameterName, 'Key of the client certificate, PEM')
            [CompletionResult]::new('--creds', '--creds', [CompletionResultType]::ParameterName, 'Credentials for this command only')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often to try again [default: 5]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'The longest wait for a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'The longest wait for the next byte [default: 30s]')
            [CompletionResult]::new('--limit-rate', '--limit-rate', [CompletionResultType]::ParameterName, 'The most bytes a second in all, such as 5M')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--parallel', '--parallel', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Show what the tags point at: digest, platforms, size and age')
            [CompletionResult]::new('--long', '--long', [CompletionResultType]::ParameterName, 'Show what the tags point at: digest, platforms, size and age')
            [CompletionResult]::new('--no-trunc', '--no-trunc', [CompletionResultType]::ParameterName, 'Do not shorten digests and lists of platforms')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'One JSON object a line')
            [CompletionResult]::new('--plain-http', '--plain-http', [CompletionResultType]::ParameterName, 'Talk plain HTTP')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not verify certificates; talk plain HTTP to who does not speak TLS')
            [CompletionResult]::new('--anonymous', '--anonymous', [CompletionResultType]::ParameterName, 'Use no stored credentials')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;inspect' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'json, or a template such as {{.Config.Env}} (see `man`)')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'json, or a template such as {{.Config.Env}} (see `man`)')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The image for this platform')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the authorities in this PEM file too')
            [CompletionResult]::new('--cert-file', '--cert-file', [CompletionResultType]::ParameterName, 'Client certificate, PEM')
            [CompletionResult]::new('--key-file', '--key-file', [CompletionResultType]::ParameterName, 'Key of the client certificate, PEM')
            [CompletionResult]::new('--creds', '--creds', [CompletionResultType]::ParameterName, 'Credentials for this command only')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often to try again [default: 5]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'The longest wait for a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'The longest wait for the next byte [default: 30s]')
            [CompletionResult]::new('--limit-rate', '--limit-rate', [CompletionResultType]::ParameterName, 'The most bytes a second in all, such as 5M')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--parallel', '--parallel', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('--remote', '--remote', [CompletionResultType]::ParameterName, 'The image on its registry, without pulling it')
            [CompletionResult]::new('--plain-http', '--plain-http', [CompletionResultType]::ParameterName, 'Talk plain HTTP')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not verify certificates; talk plain HTTP to who does not speak TLS')
            [CompletionResult]::new('--anonymous', '--anonymous', [CompletionResultType]::ParameterName, 'Use no stored credentials')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;manifest' {
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The manifest for this platform, where NAME is an index')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the authorities in this PEM file too')
            [CompletionResult]::new('--cert-file', '--cert-file', [CompletionResultType]::ParameterName, 'Client certificate, PEM')
            [CompletionResult]::new('--key-file', '--key-file', [CompletionResultType]::ParameterName, 'Key of the client certificate, PEM')
            [CompletionResult]::new('--creds', '--creds', [CompletionResultType]::ParameterName, 'Credentials for this command only')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often to try again [default: 5]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'The longest wait for a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'The longest wait for the next byte [default: 30s]')
            [CompletionResult]::new('--limit-rate', '--limit-rate', [CompletionResultType]::ParameterName, 'The most bytes a second in all, such as 5M')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--parallel', '--parallel', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('--pretty', '--pretty', [CompletionResultType]::ParameterName, 'Over several lines instead of the exact bytes')
            [CompletionResult]::new('--plain-http', '--plain-http', [CompletionResultType]::ParameterName, 'Talk plain HTTP')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not verify certificates; talk plain HTTP to who does not speak TLS')
            [CompletionResult]::new('--anonymous', '--anonymous', [CompletionResultType]::ParameterName, 'Use no stored credentials')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('inspect', 'inspect', [CompletionResultType]::ParameterValue, 'Print a manifest over several lines, as docker does')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'rg;manifest;inspect' {
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The manifest for this platform, where NAME is an index')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the authorities in this PEM file too')
            [CompletionResult]::new('--cert-file', '--cert-file', [CompletionResultType]::ParameterName, 'Client certificate, PEM')
            [CompletionResult]::new('--key-file', '--key-file', [CompletionResultType]::ParameterName, 'Key of the client certificate, PEM')
            [CompletionResult]::new('--creds', '--creds', [CompletionResultType]::ParameterName, 'Credentials for this command only')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often to try again [default: 5]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'The longest wait for a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'The longest wait for the next byte [default: 30s]')
            [CompletionResult]::new('--limit-rate', '--limit-rate', [CompletionResultType]::ParameterName, 'The most bytes a second in all, such as 5M')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--parallel', '--parallel', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Each manifest with its name, descriptor, platform and bytes')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Each manifest with its name, descriptor, platform and bytes')
            [CompletionResult]::new('--plain-http', '--plain-http', [CompletionResultType]::ParameterName, 'Talk plain HTTP')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not verify certificates; talk plain HTTP to who does not speak TLS')
            [CompletionResult]::new('--anonymous', '--anonymous', [CompletionResultType]::ParameterName, 'Use no stored credentials')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;manifest;help' {
            [CompletionResult]::new('inspect', 'inspect', [CompletionResultType]::ParameterValue, 'Print a manifest over several lines, as docker does')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'rg;manifest;help;inspect' {
            break
        }
        'rg;manifest;help;help' {
            break
        }
        'rg;digest' {
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the authorities in this PEM file too')
            [CompletionResult]::new('--cert-file', '--cert-file', [CompletionResultType]::ParameterName, 'Client certificate, PEM')
            [CompletionResult]::new('--key-file', '--key-file', [CompletionResultType]::ParameterName, 'Key of the client certificate, PEM')
            [CompletionResult]::new('--creds', '--creds', [CompletionResultType]::ParameterName, 'Credentials for this command only')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often to try again [default: 5]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'The longest wait for a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'The longest wait for the next byte [default: 30s]')
            [CompletionResult]::new('--limit-rate', '--limit-rate', [CompletionResultType]::ParameterName, 'The most bytes a second in all, such as 5M')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--parallel', '--parallel', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('--full-ref', '--full-ref', [CompletionResultType]::ParameterName, 'Print the whole reference, with the digest in it')
            [CompletionResult]::new('--plain-http', '--plain-http', [CompletionResultType]::ParameterName, 'Talk plain HTTP')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not verify certificates; talk plain HTTP to who does not speak TLS')
            [CompletionResult]::new('--anonymous', '--anonymous', [CompletionResultType]::ParameterName, 'Use no stored credentials')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;history' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'table, json, or a template such as {{.CreatedBy}} (see `man`)')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'Sizes and times for people; false for bytes and RFC 3339')
            [CompletionResult]::new('--human', '--human', [CompletionResultType]::ParameterName, 'Sizes and times for people; false for bytes and RFC 3339')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The image for this platform')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the authorities in this PEM file too')
            [CompletionResult]::new('--cert-file', '--cert-file', [CompletionResultType]::ParameterName, 'Client certificate, PEM')
            [CompletionResult]::new('--key-file', '--key-file', [CompletionResultType]::ParameterName, 'Key of the client certificate, PEM')
            [CompletionResult]::new('--creds', '--creds', [CompletionResultType]::ParameterName, 'Credentials for this command only')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often to try again [default: 5]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'The longest wait for a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'The longest wait for the next byte [default: 30s]')
            [CompletionResult]::new('--limit-rate', '--limit-rate', [CompletionResultType]::ParameterName, 'The most bytes a second in all, such as 5M')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--parallel', '--parallel', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('--no-trunc', '--no-trunc', [CompletionResultType]::ParameterName, 'Do not shorten IDs and steps')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only IDs')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only IDs')
            [CompletionResult]::new('--remote', '--remote', [CompletionResultType]::ParameterName, 'The image on its registry, without pulling it')
            [CompletionResult]::new('--plain-http', '--plain-http', [CompletionResultType]::ParameterName, 'Talk plain HTTP')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not verify certificates; talk plain HTTP to who does not speak TLS')
            [CompletionResult]::new('--anonymous', '--anonymous', [CompletionResultType]::ParameterName, 'Use no stored credentials')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;referrers' {
            [CompletionResult]::new('--artifact-type', '--artifact-type', [CompletionResultType]::ParameterName, 'Only artifacts of this type, and what leads to them')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Of an index, only this platform')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the authorities in this PEM file too')
            [CompletionResult]::new('--cert-file', '--cert-file', [CompletionResultType]::ParameterName, 'Client certificate, PEM')
            [CompletionResult]::new('--key-file', '--key-file', [CompletionResultType]::ParameterName, 'Key of the client certificate, PEM')
            [CompletionResult]::new('--creds', '--creds', [CompletionResultType]::ParameterName, 'Credentials for this command only')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often to try again [default: 5]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'The longest wait for a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'The longest wait for the next byte [default: 30s]')
            [CompletionResult]::new('--limit-rate', '--limit-rate', [CompletionResultType]::ParameterName, 'The most bytes a second in all, such as 5M')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--parallel', '--parallel', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'One JSON object a line')
            [CompletionResult]::new('--plain-http', '--plain-http', [CompletionResultType]::ParameterName, 'Talk plain HTTP')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not verify certificates; talk plain HTTP to who does not speak TLS')
            [CompletionResult]::new('--anonymous', '--anonymous', [CompletionResultType]::ParameterName, 'Use no stored credentials')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;delete' {
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the authorities in this PEM file too')
            [CompletionResult]::new('--cert-file', '--cert-file', [CompletionResultType]::ParameterName, 'Client certificate, PEM')
            [CompletionResult]::new('--key-file', '--key-file', [CompletionResultType]::ParameterName, 'Key of the client certificate, PEM')
            [CompletionResult]::new('--creds', '--creds', [CompletionResultType]::ParameterName, 'Credentials for this command only')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often to try again [default: 5]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'The longest wait for a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'The longest wait for the next byte [default: 30s]')
            [CompletionResult]::new('--limit-rate', '--limit-rate', [CompletionResultType]::ParameterName, 'The most bytes a second in all, such as 5M')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--parallel', '--parallel', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Ask nothing')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Ask nothing')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Ask nothing')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Ask nothing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Only say what would be deleted')
            [CompletionResult]::new('--plain-http', '--plain-http', [CompletionResultType]::ParameterName, 'Talk plain HTTP')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not verify certificates; talk plain HTTP to who does not speak TLS')
            [CompletionResult]::new('--anonymous', '--anonymous', [CompletionResultType]::ParameterName, 'Use no stored credentials')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;expire' {
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Keep the newest N images of those that match')
            [CompletionResult]::new('--older-than', '--older-than', [CompletionResultType]::ParameterName, 'Delete only what is older, such as 30d or 12h')
            [CompletionResult]::new('--match', '--match', [CompletionResultType]::ParameterName, 'Delete only tags that match a shell pattern; may be given more than once')
            [CompletionResult]::new('--except', '--except', [CompletionResultType]::ParameterName, 'Keep tags that match a shell pattern; may be given more than once')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the authorities in this PEM file too')
            [CompletionResult]::new('--cert-file', '--cert-file', [CompletionResultType]::ParameterName, 'Client certificate, PEM')
            [CompletionResult]::new('--key-file', '--key-file', [CompletionResultType]::ParameterName, 'Key of the client certificate, PEM')
            [CompletionResult]::new('--creds', '--creds', [CompletionResultType]::ParameterName, 'Credentials for this command only')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often to try again [default: 5]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'The longest wait for a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'The longest wait for the next byte [default: 30s]')
            [CompletionResult]::new('--limit-rate', '--limit-rate', [CompletionResultType]::ParameterName, 'The most bytes a second in all, such as 5M')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--parallel', '--parallel', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Delete; without it, only say what would be deleted')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Delete; without it, only say what would be deleted')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Only say what would be deleted, as without --yes')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'One JSON object a tag')
            [CompletionResult]::new('--plain-http', '--plain-http', [CompletionResultType]::ParameterName, 'Talk plain HTTP')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not verify certificates; talk plain HTTP to who does not speak TLS')
            [CompletionResult]::new('--anonymous', '--anonymous', [CompletionResultType]::ParameterName, 'Use no stored credentials')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;prune' {
            [CompletionResult]::new('--filter', '--filter', [CompletionResultType]::ParameterName, 'Only what is older: until=24h')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Take parts of blobs of any age')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Take parts of blobs of any age')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Ask nothing')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Ask nothing')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Ask nothing')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Ask nothing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Only say what would go')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'One JSON object')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;du' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'One JSON object an image, and one about all')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;fsck' {
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the authorities in this PEM file too')
            [CompletionResult]::new('--cert-file', '--cert-file', [CompletionResultType]::ParameterName, 'Client certificate, PEM')
            [CompletionResult]::new('--key-file', '--key-file', [CompletionResultType]::ParameterName, 'Key of the client certificate, PEM')
            [CompletionResult]::new('--creds', '--creds', [CompletionResultType]::ParameterName, 'Credentials for this command only')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often to try again [default: 5]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'The longest wait for a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'The longest wait for the next byte [default: 30s]')
            [CompletionResult]::new('--limit-rate', '--limit-rate', [CompletionResultType]::ParameterName, 'The most bytes a second in all, such as 5M')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--parallel', '--parallel', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('--repair', '--repair', [CompletionResultType]::ParameterName, 'Fetch damaged and missing content again')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'One JSON object a problem, and one about all')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only problems')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only problems')
            [CompletionResult]::new('--plain-http', '--plain-http', [CompletionResultType]::ParameterName, 'Talk plain HTTP')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not verify certificates; talk plain HTTP to who does not speak TLS')
            [CompletionResult]::new('--anonymous', '--anonymous', [CompletionResultType]::ParameterName, 'Use no stored credentials')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;serve' {
            [CompletionResult]::new('--htpasswd', '--htpasswd', [CompletionResultType]::ParameterName, 'Ask for a user and password of this file, bcrypt lines as `htpasswd -B` writes them')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Refuse everything that would change the store')
            [CompletionResult]::new('--allow-delete', '--allow-delete', [CompletionResultType]::ParameterName, 'Let clients delete tags, manifests and blobs')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;doctor' {
            [CompletionResult]::new('--repository', '--repository', [CompletionResultType]::ParameterName, 'An image of it to try things out on; by default the catalog is asked')
            [CompletionResult]::new('--write', '--write', [CompletionResultType]::ParameterName, 'Try uploads too: begin one in this repository and give it up')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the authorities in this PEM file too')
            [CompletionResult]::new('--cert-file', '--cert-file', [CompletionResultType]::ParameterName, 'Client certificate, PEM')
            [CompletionResult]::new('--key-file', '--key-file', [CompletionResultType]::ParameterName, 'Key of the client certificate, PEM')
            [CompletionResult]::new('--creds', '--creds', [CompletionResultType]::ParameterName, 'Credentials for this command only')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often to try again [default: 5]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'The longest wait for a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'The longest wait for the next byte [default: 30s]')
            [CompletionResult]::new('--limit-rate', '--limit-rate', [CompletionResultType]::ParameterName, 'The most bytes a second in all, such as 5M')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--parallel', '--parallel', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'One JSON object a step')
            [CompletionResult]::new('--plain-http', '--plain-http', [CompletionResultType]::ParameterName, 'Talk plain HTTP')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not verify certificates; talk plain HTTP to who does not speak TLS')
            [CompletionResult]::new('--anonymous', '--anonymous', [CompletionResultType]::ParameterName, 'Use no stored credentials')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;config' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'One JSON object a line')
            [CompletionResult]::new('--init', '--init', [CompletionResultType]::ParameterName, 'Write a settings file in which every key is explained and commented out')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Replace the settings file that is there')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;image' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('pull', 'pull', [CompletionResultType]::ParameterValue, 'Pull images from a registry into the local store')
            [CompletionResult]::new('push', 'push', [CompletionResultType]::ParameterValue, 'Push images from the local store to a registry')
            [CompletionResult]::new('ls', 'ls', [CompletionResultType]::ParameterValue, 'List the images in the local store')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the images in the local store')
            [CompletionResult]::new('rm', 'rm', [CompletionResultType]::ParameterValue, 'Remove images from the local store')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove images from the local store')
            [CompletionResult]::new('tag', 'tag', [CompletionResultType]::ParameterValue, 'Give a local image another name')
            [CompletionResult]::new('inspect', 'inspect', [CompletionResultType]::ParameterValue, 'Show everything about images, as JSON')
            [CompletionResult]::new('save', 'save', [CompletionResultType]::ParameterValue, 'Save local images to a tar')
            [CompletionResult]::new('load', 'load', [CompletionResultType]::ParameterValue, 'Load images from a tar')
            [CompletionResult]::new('prune', 'prune', [CompletionResultType]::ParameterValue, 'Remove what no image of the local store uses')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'Show how an image was made')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'rg;image;pull' {
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Pull for these platforms, such as linux/arm64 [env: DOCKER_DEFAULT_PLATFORM]')
            [CompletionResult]::new('--disable-content-trust', '--disable-content-trust', [CompletionResultType]::ParameterName, 'Accepted for docker''s sake')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the authorities in this PEM file too')
            [CompletionResult]::new('--cert-file', '--cert-file', [CompletionResultType]::ParameterName, 'Client certificate, PEM')
            [CompletionResult]::new('--key-file', '--key-file', [CompletionResultType]::ParameterName, 'Key of the client certificate, PEM')
            [CompletionResult]::new('--creds', '--creds', [CompletionResultType]::ParameterName, 'Credentials for this command only')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often to try again [default: 5]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'The longest wait for a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'The longest wait for the next byte [default: 30s]')
            [CompletionResult]::new('--limit-rate', '--limit-rate', [CompletionResultType]::ParameterName, 'The most bytes a second in all, such as 5M')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--parallel', '--parallel', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Pull every tag of the repository')
            [CompletionResult]::new('--all-tags', '--all-tags', [CompletionResultType]::ParameterName, 'Pull every tag of the repository')
            [CompletionResult]::new('--all-platforms', '--all-platforms', [CompletionResultType]::ParameterName, 'Pull for every platform there is')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only the name of what was pulled')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only the name of what was pulled')
            [CompletionResult]::new('--no-fsync', '--no-fsync', [CompletionResultType]::ParameterName, 'Do not wait for the disk: for stores that are thrown away')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Only say what would be pulled')
            [CompletionResult]::new('--newer', '--newer', [CompletionResultType]::ParameterName, 'Only say whether the registry has something newer')
            [CompletionResult]::new('--exit-code', '--exit-code', [CompletionResultType]::ParameterName, 'With --newer: exit with 1 if it has')
            [CompletionResult]::new('--allow-foreign-layers', '--allow-foreign-layers', [CompletionResultType]::ParameterName, 'Fetch layers that the registry lacks from the addresses their image lists, without credentials')
            [CompletionResult]::new('--plain-http', '--plain-http', [CompletionResultType]::ParameterName, 'Talk plain HTTP')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not verify certificates; talk plain HTTP to who does not speak TLS')
            [CompletionResult]::new('--anonymous', '--anonymous', [CompletionResultType]::ParameterName, 'Use no stored credentials')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;image;push' {
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Push only the image for this platform')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'Push to this registry, under this prefix, keeping the rest of each name')
            [CompletionResult]::new('--disable-content-trust', '--disable-content-trust', [CompletionResultType]::ParameterName, 'Accepted for docker''s sake')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the authorities in this PEM file too')
            [CompletionResult]::new('--cert-file', '--cert-file', [CompletionResultType]::ParameterName, 'Client certificate, PEM')
            [CompletionResult]::new('--key-file', '--key-file', [CompletionResultType]::ParameterName, 'Key of the client certificate, PEM')
            [CompletionResult]::new('--creds', '--creds', [CompletionResultType]::ParameterName, 'Credentials for this command only')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often to try again [default: 5]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'The longest wait for a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'The longest wait for the next byte [default: 30s]')
            [CompletionResult]::new('--limit-rate', '--limit-rate', [CompletionResultType]::ParameterName, 'The most bytes a second in all, such as 5M')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--parallel', '--parallel', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Push every local tag of the repository')
            [CompletionResult]::new('--all-tags', '--all-tags', [CompletionResultType]::ParameterName, 'Push every local tag of the repository')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only the name of what was pushed')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only the name of what was pushed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Only say what would be pushed')
            [CompletionResult]::new('--plain-http', '--plain-http', [CompletionResultType]::ParameterName, 'Talk plain HTTP')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not verify certificates; talk plain HTTP to who does not speak TLS')
            [CompletionResult]::new('--anonymous', '--anonymous', [CompletionResultType]::ParameterName, 'Use no stored credentials')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;image;ls' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Show only images that pass a condition')
            [CompletionResult]::new('--filter', '--filter', [CompletionResultType]::ParameterName, 'Show only images that pass a condition')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'table, json, or a template such as {{.ID}} (see `man`)')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Show what is attached to others, too, such as signatures, where it has no name')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Show what is attached to others, too, such as signatures, where it has no name')
            [CompletionResult]::new('--digests', '--digests', [CompletionResultType]::ParameterName, 'Show digests')
            [CompletionResult]::new('--no-trunc', '--no-trunc', [CompletionResultType]::ParameterName, 'Do not shorten IDs')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only IDs')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only IDs')
            [CompletionResult]::new('--tree', '--tree', [CompletionResultType]::ParameterName, 'Show the platforms that each image lists; a size of - is not here')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;image;list' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Show only images that pass a condition')
            [CompletionResult]::new('--filter', '--filter', [CompletionResultType]::ParameterName, 'Show only images that pass a condition')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'table, json, or a template such as {{.ID}} (see `man`)')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Show what is attached to others, too, such as signatures, where it has no name')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Show what is attached to others, too, such as signatures, where it has no name')
            [CompletionResult]::new('--digests', '--digests', [CompletionResultType]::ParameterName, 'Show digests')
            [CompletionResult]::new('--no-trunc', '--no-trunc', [CompletionResultType]::ParameterName, 'Do not shorten IDs')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only IDs')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only IDs')
            [CompletionResult]::new('--tree', '--tree', [CompletionResultType]::ParameterName, 'Show the platforms that each image lists; a size of - is not here')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;image;rm' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Remove an image by ID although several repositories name it')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Remove an image by ID although several repositories name it')
            [CompletionResult]::new('--no-prune', '--no-prune', [CompletionResultType]::ParameterName, 'Accepted for docker''s sake: there are no untagged parents here')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;image;remove' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Remove an image by ID although several repositories name it')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Remove an image by ID although several repositories name it')
            [CompletionResult]::new('--no-prune', '--no-prune', [CompletionResultType]::ParameterName, 'Accepted for docker''s sake: there are no untagged parents here')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;image;tag' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;image;inspect' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'json, or a template such as {{.Config.Env}} (see `man`)')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'json, or a template such as {{.Config.Env}} (see `man`)')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The image for this platform')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the authorities in this PEM file too')
            [CompletionResult]::new('--cert-file', '--cert-file', [CompletionResultType]::ParameterName, 'Client certificate, PEM')
            [CompletionResult]::new('--key-file', '--key-file', [CompletionResultType]::ParameterName, 'Key of the client certificate, PEM')
            [CompletionResult]::new('--creds', '--creds', [CompletionResultType]::ParameterName, 'Credentials for this command only')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often to try again [default: 5]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'The longest wait for a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'The longest wait for the next byte [default: 30s]')
            [CompletionResult]::new('--limit-rate', '--limit-rate', [CompletionResultType]::ParameterName, 'The most bytes a second in all, such as 5M')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--parallel', '--parallel', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('--remote', '--remote', [CompletionResultType]::ParameterName, 'The image on its registry, without pulling it')
            [CompletionResult]::new('--plain-http', '--plain-http', [CompletionResultType]::ParameterName, 'Talk plain HTTP')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not verify certificates; talk plain HTTP to who does not speak TLS')
            [CompletionResult]::new('--anonymous', '--anonymous', [CompletionResultType]::ParameterName, 'Use no stored credentials')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;image;save' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'The file to write; `-` is standard output, as without this')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The file to write; `-` is standard output, as without this')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'oci: a layout only; docker: docker''s older archive, with layers as they were before compression')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Save only the image for this platform')
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Leave out blobs that are in this tar, or whose digests this text file lists')
            [CompletionResult]::new('--recompress', '--recompress', [CompletionResultType]::ParameterName, 'gzip: save layers that are zstd as gzip, for docker before 23.0; this changes digests, image IDs stay')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;image;load' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'The file to read; `-` is standard input, as without this')
            [CompletionResult]::new('--input', '--input', [CompletionResultType]::ParameterName, 'The file to read; `-` is standard input, as without this')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'The name for an image that has none in the tar')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Move names that mean other images here')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Move names that mean other images here')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only the names of what was loaded')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only the names of what was loaded')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;image;prune' {
            [CompletionResult]::new('--filter', '--filter', [CompletionResultType]::ParameterName, 'Only what is older: until=24h')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Take parts of blobs of any age')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Take parts of blobs of any age')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Ask nothing')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Ask nothing')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Ask nothing')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Ask nothing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Only say what would go')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'One JSON object')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;image;history' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'table, json, or a template such as {{.CreatedBy}} (see `man`)')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'Sizes and times for people; false for bytes and RFC 3339')
            [CompletionResult]::new('--human', '--human', [CompletionResultType]::ParameterName, 'Sizes and times for people; false for bytes and RFC 3339')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The image for this platform')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the authorities in this PEM file too')
            [CompletionResult]::new('--cert-file', '--cert-file', [CompletionResultType]::ParameterName, 'Client certificate, PEM')
            [CompletionResult]::new('--key-file', '--key-file', [CompletionResultType]::ParameterName, 'Key of the client certificate, PEM')
            [CompletionResult]::new('--creds', '--creds', [CompletionResultType]::ParameterName, 'Credentials for this command only')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often to try again [default: 5]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'The longest wait for a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'The longest wait for the next byte [default: 30s]')
            [CompletionResult]::new('--limit-rate', '--limit-rate', [CompletionResultType]::ParameterName, 'The most bytes a second in all, such as 5M')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--parallel', '--parallel', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('--no-trunc', '--no-trunc', [CompletionResultType]::ParameterName, 'Do not shorten IDs and steps')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only IDs')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only IDs')
            [CompletionResult]::new('--remote', '--remote', [CompletionResultType]::ParameterName, 'The image on its registry, without pulling it')
            [CompletionResult]::new('--plain-http', '--plain-http', [CompletionResultType]::ParameterName, 'Talk plain HTTP')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not verify certificates; talk plain HTTP to who does not speak TLS')
            [CompletionResult]::new('--anonymous', '--anonymous', [CompletionResultType]::ParameterName, 'Use no stored credentials')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;image;help' {
            [CompletionResult]::new('pull', 'pull', [CompletionResultType]::ParameterValue, 'Pull images from a registry into the local store')
            [CompletionResult]::new('push', 'push', [CompletionResultType]::ParameterValue, 'Push images from the local store to a registry')
            [CompletionResult]::new('ls', 'ls', [CompletionResultType]::ParameterValue, 'List the images in the local store')
            [CompletionResult]::new('rm', 'rm', [CompletionResultType]::ParameterValue, 'Remove images from the local store')
            [CompletionResult]::new('tag', 'tag', [CompletionResultType]::ParameterValue, 'Give a local image another name')
            [CompletionResult]::new('inspect', 'inspect', [CompletionResultType]::ParameterValue, 'Show everything about images, as JSON')
            [CompletionResult]::new('save', 'save', [CompletionResultType]::ParameterValue, 'Save local images to a tar')
            [CompletionResult]::new('load', 'load', [CompletionResultType]::ParameterValue, 'Load images from a tar')
            [CompletionResult]::new('prune', 'prune', [CompletionResultType]::ParameterValue, 'Remove what no image of the local store uses')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'Show how an image was made')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'rg;image;help;pull' {
            break
        }
        'rg;image;help;push' {
            break
        }
        'rg;image;help;ls' {
            break
        }
        'rg;image;help;rm' {
            break
        }
        'rg;image;help;tag' {
            break
        }
        'rg;image;help;inspect' {
            break
        }
        'rg;image;help;save' {
            break
        }
        'rg;image;help;load' {
            break
        }
        'rg;image;help;prune' {
            break
        }
        'rg;image;help;history' {
            break
        }
        'rg;image;help;help' {
            break
        }
        'rg;system' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('df', 'df', [CompletionResultType]::ParameterValue, 'Show how much disk the images take')
            [CompletionResult]::new('prune', 'prune', [CompletionResultType]::ParameterValue, 'Remove what no image of the local store uses')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'rg;system;df' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'One JSON object an image, and one about all')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;system;prune' {
            [CompletionResult]::new('--filter', '--filter', [CompletionResultType]::ParameterName, 'Only what is older: until=24h')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Take parts of blobs of any age')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Take parts of blobs of any age')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Ask nothing')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Ask nothing')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Ask nothing')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Ask nothing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Only say what would go')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'One JSON object')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;system;help' {
            [CompletionResult]::new('df', 'df', [CompletionResultType]::ParameterValue, 'Show how much disk the images take')
            [CompletionResult]::new('prune', 'prune', [CompletionResultType]::ParameterValue, 'Remove what no image of the local store uses')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'rg;system;help;df' {
            break
        }
        'rg;system;help;prune' {
            break
        }
        'rg;system;help;help' {
            break
        }
        'rg;completion' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;man' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;version' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;login' {
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'User name')
            [CompletionResult]::new('--username', '--username', [CompletionResultType]::ParameterName, 'User name')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Password or token; visible to other users of this machine, `-` reads it from standard input')
            [CompletionResult]::new('--password', '--password', [CompletionResultType]::ParameterName, 'Password or token; visible to other users of this machine, `-` reads it from standard input')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'With --list: table, json, or a template such as {{.Registry}} (see `man`)')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the authorities in this PEM file too')
            [CompletionResult]::new('--cert-file', '--cert-file', [CompletionResultType]::ParameterName, 'Client certificate, PEM')
            [CompletionResult]::new('--key-file', '--key-file', [CompletionResultType]::ParameterName, 'Key of the client certificate, PEM')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often to try again [default: 5]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'The longest wait for a connection [default: 10s]')
            [CompletionResult]::new('--stall-timeout', '--stall-timeout', [CompletionResultType]::ParameterName, 'The longest wait for the next byte [default: 30s]')
            [CompletionResult]::new('--limit-rate', '--limit-rate', [CompletionResultType]::ParameterName, 'The most bytes a second in all, such as 5M')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--parallel', '--parallel', [CompletionResultType]::ParameterName, 'How many transfers at once [default: 16]')
            [CompletionResult]::new('--creds', '--creds', [CompletionResultType]::ParameterName, 'Credentials for this command only')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Docker''s client folder, which holds config.json [env: DOCKER_CONFIG]')
            [CompletionResult]::new('--settings', '--settings', [CompletionResultType]::ParameterName, 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]')
            [CompletionResult]::new('--password-stdin', '--password-stdin', [CompletionResultType]::ParameterName, 'Read the password or token from standard input')
            [CompletionResult]::new('--list', '--list', [CompletionResultType]::ParameterName, 'List the registries with a login instead, where each is kept, and whether it is used')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as --format json')
            [CompletionResult]::new('--plain-http', '--plain-http', [CompletionResultType]::ParameterName, 'Talk plain HTTP')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not verify certificates; talk plain HTTP to who does not speak TLS')
            [CompletionResult]::new('--anonymous', '--anonymous', [CompletionResultType]::ParameterName, 'Use no stored credentials')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Say what is done, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'rg;help' {
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'Log out from a registry')
            [CompletionResult]::new('credential', 'credential', [CompletionResultType]::ParameterValue, 'Keep logins of docker and others in the keyring')
            [CompletionResult]::new('pull', 'pull', [CompletionResultType]::ParameterValue, 'Pull images from a registry into the local store')
            [CompletionResult]::new('push', 'push', [CompletionResultType]::ParameterValue, 'Push images from the local store to a registry')
            [CompletionResult]::new('images', 'images', [CompletionResultType]::ParameterValue, 'List the images in the local store')
            [CompletionResult]::new('copy', 'copy', [CompletionResultType]::ParameterValue, 'Copy images between registries, the local store, layouts, archives and docker''s daemon')
            [CompletionResult]::new('tag', 'tag', [CompletionResultType]::ParameterValue, 'Give a local image another name')
            [CompletionResult]::new('rmi', 'rmi', [CompletionResultType]::ParameterValue, 'Remove images from the local store')
            [CompletionResult]::new('save', 'save', [CompletionResultType]::ParameterValue, 'Save local images to a tar')
            [CompletionResult]::new('load', 'load', [CompletionResultType]::ParameterValue, 'Load images from a tar')
            [CompletionResult]::new('unpack', 'unpack', [CompletionResultType]::ParameterValue, 'Unpack the files of a local image into a folder, or into one tar')
            [CompletionResult]::new('search', 'search', [CompletionResultType]::ParameterValue, 'Search Docker Hub or a registry for repositories')
            [CompletionResult]::new('catalog', 'catalog', [CompletionResultType]::ParameterValue, 'List the repositories of a registry')
            [CompletionResult]::new('tags', 'tags', [CompletionResultType]::ParameterValue, 'List the tags of a repository on its registry')
            [CompletionResult]::new('inspect', 'inspect', [CompletionResultType]::ParameterValue, 'Show everything about images, as JSON')
            [CompletionResult]::new('manifest', 'manifest', [CompletionResultType]::ParameterValue, 'Print a manifest')
            [CompletionResult]::new('digest', 'digest', [CompletionResultType]::ParameterValue, 'Print the digest a name points at')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'Show how an image was made')
            [CompletionResult]::new('referrers', 'referrers', [CompletionResultType]::ParameterValue, 'List what is attached to an image: signatures, SBOMs, attestations')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete tags or images on their registry')
            [CompletionResult]::new('expire', 'expire', [CompletionResultType]::ParameterValue, 'Delete old tags of a repository on its registry')
            [CompletionResult]::new('prune', 'prune', [CompletionResultType]::ParameterValue, 'Remove what no image of the local store uses')
            [CompletionResult]::new('du', 'du', [CompletionResultType]::ParameterValue, 'Show how much disk the images take')
            [CompletionResult]::new('fsck', 'fsck', [CompletionResultType]::ParameterValue, 'Check every byte of the local store')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Serve the local store as a registry')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check that everything works here')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Show the settings that hold, and where each comes from')
            [CompletionResult]::new('image', 'image', [CompletionResultType]::ParameterValue, 'Docker''s longer spellings: image pull, image ls, image rm and so on')
            [CompletionResult]::new('system', 'system', [CompletionResultType]::ParameterValue, 'Docker''s spellings of du and prune')
            [CompletionResult]::new('completion', 'completion', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print a manual page')
            [CompletionResult]::new('version', 'version', [CompletionResultType]::ParameterValue, 'Show the version')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Log in to a registry and store the credentials')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'rg;help;logout' {
            break
        }
        'rg;help;credential' {
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Print the login of a server as JSON, its secret included')
            [CompletionResult]::new('store', 'store', [CompletionResultType]::ParameterValue, 'Store a login: {"ServerURL": "...", "Username": "...", "Secret": "..."}')
            [CompletionResult]::new('erase', 'erase', [CompletionResultType]::ParameterValue, 'Forget the login of a server')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List servers and user names as JSON')
            [CompletionResult]::new('version', 'version', [CompletionResultType]::ParameterValue, 'Print name and version')
            [CompletionResult]::new('install', 'install', [CompletionResultType]::ParameterValue, 'Make this program docker''s helper `rg`')
            break
        }
        'rg;help;credential;get' {
            break
        }
        'rg;help;credential;store' {
            break
        }
        'rg;help;credential;erase' {
            break
        }
        'rg;help;credential;list' {
            break
        }
        'rg;help;credential;version' {
            break
        }
        'rg;help;credential;install' {
            break
        }
        'rg;help;pull' {
            break
        }
        'rg;help;push' {
            break
        }
        'rg;help;images' {
            break
        }
        'rg;help;copy' {
            break
        }
        'rg;help;tag' {
            break
        }
        'rg;help;rmi' {
            break
        }
        'rg;help;save' {
            break
        }
        'rg;help;load' {
            break
        }
        'rg;help;unpack' {
            break
        }
        'rg;help;search' {
            break
        }
        'rg;help;catalog' {
            break
        }
        'rg;help;tags' {
            break
        }
        'rg;help;inspect' {
            break
        }
        'rg;help;manifest' {
            [CompletionResult]::new('inspect', 'inspect', [CompletionResultType]::ParameterValue, 'Print a manifest over several lines, as docker does')
            break
        }
        'rg;help;manifest;inspect' {
            break
        }
        'rg;help;digest' {
            break
        }
        'rg;help;history' {
            break
        }
        'rg;help;referrers' {
            break
        }
        'rg;help;delete' {
            break
        }
        'rg;help;expire' {
            break
        }
        'rg;help;prune' {
            break
        }
        'rg;help;du' {
            break
        }
        'rg;help;fsck' {
            break
        }
        'rg;help;serve' {
            break
        }
        'rg;help;doctor' {
            break
        }
        'rg;help;config' {
            break
        }
        'rg;help;image' {
            [CompletionResult]::new('pull', 'pull', [CompletionResultType]::ParameterValue, 'Pull images from a registry into the local store')
            [CompletionResult]::new('push', 'push', [CompletionResultType]::ParameterValue, 'Push images from the local store to a registry')
            [CompletionResult]::new('ls', 'ls', [CompletionResultType]::ParameterValue, 'List the images in the local store')
            [CompletionResult]::new('rm', 'rm', [CompletionResultType]::ParameterValue, 'Remove images from the local store')
            [CompletionResult]::new('tag', 'tag', [CompletionResultType]::ParameterValue, 'Give a local image another name')
            [CompletionResult]::new('inspect', 'inspect', [CompletionResultType]::ParameterValue, 'Show everything about images, as JSON')
            [CompletionResult]::new('save', 'save', [CompletionResultType]::ParameterValue, 'Save local images to a tar')
            [CompletionResult]::new('load', 'load', [CompletionResultType]::ParameterValue, 'Load images from a tar')
            [CompletionResult]::new('prune', 'prune', [CompletionResultType]::ParameterValue, 'Remove what no image of the local store uses')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'Show how an image was made')
            break
        }
        'rg;help;image;pull' {
            break
        }
        'rg;help;image;push' {
            break
        }
        'rg;help;image;ls' {
            break
        }
        'rg;help;image;rm' {
            break
        }
        'rg;help;image;tag' {
            break
        }
        'rg;help;image;inspect' {
            break
        }
        'rg;help;image;save' {
            break
        }
        'rg;help;image;load' {
            break
        }
        'rg;help;image;prune' {
            break
        }
        'rg;help;image;history' {
            break
        }
        'rg;help;system' {
            [CompletionResult]::new('df', 'df', [CompletionResultType]::ParameterValue, 'Show how much disk the images take')
            [CompletionResult]::new('prune', 'prune', [CompletionResultType]::ParameterValue, 'Remove what no image of the local store uses')
            break
        }
        'rg;help;system;df' {
            break
        }
        'rg;help;system;prune' {
            break
        }
        'rg;help;completion' {
            break
        }
        'rg;help;man' {
            break
        }
        'rg;help;version' {
            break
        }
        'rg;help;login' {
            break
        }
        'rg;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
