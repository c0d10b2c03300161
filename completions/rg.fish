# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_rg_global_optspecs
    string join \n store= config= settings= progress= color= D/debug log-level= v/version h/help
end

function __fish_rg_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_rg_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_rg_using_subcommand
    set -l cmd (__fish_rg_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c rg -n "__fish_rg_needs_command" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_needs_command" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_needs_command" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_needs_command" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_needs_command" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_needs_command" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_needs_command" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_needs_command" -s v -l version -d 'Print the version'
complete -c rg -n "__fish_rg_needs_command" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_needs_command" -f -a "logout" -d 'Log out from a registry'
complete -c rg -n "__fish_rg_needs_command" -f -a "credential" -d 'Keep logins of docker and others in the keyring'
complete -c rg -n "__fish_rg_needs_command" -f -a "pull" -d 'Pull images from a registry into the local store'
complete -c rg -n "__fish_rg_needs_command" -f -a "push" -d 'Push images from the local store to a registry'
complete -c rg -n "__fish_rg_needs_command" -f -a "images" -d 'List the images in the local store'
complete -c rg -n "__fish_rg_needs_command" -f -a "copy" -d 'Copy images between registries, the local store, layouts, archives and docker\'s daemon'
complete -c rg -n "__fish_rg_needs_command" -f -a "cp" -d 'Copy images between registries, the local store, layouts, archives and docker\'s daemon'
complete -c rg -n "__fish_rg_needs_command" -f -a "tag" -d 'Give a local image another name'
complete -c rg -n "__fish_rg_needs_command" -f -a "rmi" -d 'Remove images from the local store'
complete -c rg -n "__fish_rg_needs_command" -f -a "save" -d 'Save local images to a tar'
complete -c rg -n "__fish_rg_needs_command" -f -a "load" -d 'Load images from a tar'
complete -c rg -n "__fish_rg_needs_command" -f -a "unpack" -d 'Unpack the files of a local image into a folder, or into one tar'
complete -c rg -n "__fish_rg_needs_command" -f -a "search" -d 'Search Docker Hub or a registry for repositories'
complete -c rg -n "__fish_rg_needs_command" -f -a "catalog" -d 'List the repositories of a registry'
complete -c rg -n "__fish_rg_needs_command" -f -a "tags" -d 'List the tags of a repository on its registry'
complete -c rg -n "__fish_rg_needs_command" -f -a "inspect" -d 'Show everything about images, as JSON'
complete -c rg -n "__fish_rg_needs_command" -f -a "manifest" -d 'Print a manifest'
complete -c rg -n "__fish_rg_needs_command" -f -a "digest" -d 'Print the digest a name points at'
complete -c rg -n "__fish_rg_needs_command" -f -a "history" -d 'Show how an image was made'
complete -c rg -n "__fish_rg_needs_command" -f -a "referrers" -d 'List what is attached to an image: signatures, SBOMs, attestations'
complete -c rg -n "__fish_rg_needs_command" -f -a "delete" -d 'Delete tags or images on their registry'
complete -c rg -n "__fish_rg_needs_command" -f -a "expire" -d 'Delete old tags of a repository on its registry'
complete -c rg -n "__fish_rg_needs_command" -f -a "prune" -d 'Remove what no image of the local store uses'
complete -c rg -n "__fish_rg_needs_command" -f -a "du" -d 'Show how much disk the images take'
complete -c rg -n "__fish_rg_needs_command" -f -a "fsck" -d 'Check every byte of the local store'
complete -c rg -n "__fish_rg_needs_command" -f -a "serve" -d 'Serve the local store as a registry'
complete -c rg -n "__fish_rg_needs_command" -f -a "doctor" -d 'Check that everything works here'
complete -c rg -n "__fish_rg_needs_command" -f -a "config" -d 'Show the settings that hold, and where each comes from'
complete -c rg -n "__fish_rg_needs_command" -f -a "image" -d 'Docker\'s longer spellings: image pull, image ls, image rm and so on'
complete -c rg -n "__fish_rg_needs_command" -f -a "system" -d 'Docker\'s spellings of du and prune'
complete -c rg -n "__fish_rg_needs_command" -f -a "completion" -d 'Print the completion script of a shell'
complete -c rg -n "__fish_rg_needs_command" -f -a "man" -d 'Print a manual page'
complete -c rg -n "__fish_rg_needs_command" -f -a "version" -d 'Show the version'
complete -c rg -n "__fish_rg_needs_command" -f -a "login" -d 'Log in to a registry and store the credentials'
complete -c rg -n "__fish_rg_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c rg -n "__fish_rg_using_subcommand logout" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand logout" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand logout" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand logout" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand logout" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand logout" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand logout" -l all -d 'Log out from every registry'
complete -c rg -n "__fish_rg_using_subcommand logout" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand logout" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand credential; and not __fish_seen_subcommand_from get store erase list version install help" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand credential; and not __fish_seen_subcommand_from get store erase list version install help" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand credential; and not __fish_seen_subcommand_from get store erase list version install help" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand credential; and not __fish_seen_subcommand_from get store erase list version install help" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand credential; and not __fish_seen_subcommand_from get store erase list version install help" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand credential; and not __fish_seen_subcommand_from get store erase list version install help" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand credential; and not __fish_seen_subcommand_from get store erase list version install help" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand credential; and not __fish_seen_subcommand_from get store erase list version install help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rg -n "__fish_rg_using_subcommand credential; and not __fish_seen_subcommand_from get store erase list version install help" -f -a "get" -d 'Print the login of a server as JSON, its secret included'
complete -c rg -n "__fish_rg_using_subcommand credential; and not __fish_seen_subcommand_from get store erase list version install help" -f -a "store" -d 'Store a login: {"ServerURL": "...", "Username": "...", "Secret": "..."}'
complete -c rg -n "__fish_rg_using_subcommand credential; and not __fish_seen_subcommand_from get store erase list version install help" -f -a "erase" -d 'Forget the login of a server'
complete -c rg -n "__fish_rg_using_subcommand credential; and not __fish_seen_subcommand_from get store erase list version install help" -f -a "list" -d 'List servers and user names as JSON'
complete -c rg -n "__fish_rg_using_subcommand credential; and not __fish_seen_subcommand_from get store erase list version install help" -f -a "version" -d 'Print name and version'
complete -c rg -n "__fish_rg_using_subcommand credential; and not __fish_seen_subcommand_from get store erase list version install help" -f -a "install" -d 'Make this program docker\'s helper `rg`'
complete -c rg -n "__fish_rg_using_subcommand credential; and not __fish_seen_subcommand_from get store erase list version install help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from get" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from get" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from get" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from get" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from get" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from get" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from get" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from store" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from store" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from store" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from store" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from store" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from store" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from store" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from store" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from erase" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from erase" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from erase" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from erase" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from erase" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from erase" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from erase" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from erase" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from list" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from list" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from list" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from list" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from list" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from list" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from list" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from version" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from version" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from version" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from version" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from version" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from version" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from version" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from version" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from install" -l dir -d 'Where; by default beside the program' -r -F
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from install" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from install" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from install" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from install" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from install" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from install" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from install" -l force -d 'Replace another program of that name'
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from install" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from install" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from help" -f -a "get" -d 'Print the login of a server as JSON, its secret included'
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from help" -f -a "store" -d 'Store a login: {"ServerURL": "...", "Username": "...", "Secret": "..."}'
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from help" -f -a "erase" -d 'Forget the login of a server'
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from help" -f -a "list" -d 'List servers and user names as JSON'
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from help" -f -a "version" -d 'Print name and version'
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from help" -f -a "install" -d 'Make this program docker\'s helper `rg`'
complete -c rg -n "__fish_rg_using_subcommand credential; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c rg -n "__fish_rg_using_subcommand pull" -l platform -d 'Pull for these platforms, such as linux/arm64 [env: DOCKER_DEFAULT_PLATFORM]' -r
complete -c rg -n "__fish_rg_using_subcommand pull" -l disable-content-trust -d 'Accepted for docker\'s sake' -r -f -a "true\t''
false\t''"
complete -c rg -n "__fish_rg_using_subcommand pull" -l ca-file -d 'Trust the authorities in this PEM file too' -r -F
complete -c rg -n "__fish_rg_using_subcommand pull" -l cert-file -d 'Client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand pull" -l key-file -d 'Key of the client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand pull" -l creds -d 'Credentials for this command only' -r
complete -c rg -n "__fish_rg_using_subcommand pull" -l retries -d 'How often to try again [default: 5]' -r
complete -c rg -n "__fish_rg_using_subcommand pull" -l connect-timeout -d 'The longest wait for a connection [default: 10s]' -r
complete -c rg -n "__fish_rg_using_subcommand pull" -l stall-timeout -d 'The longest wait for the next byte [default: 30s]' -r
complete -c rg -n "__fish_rg_using_subcommand pull" -l limit-rate -d 'The most bytes a second in all, such as 5M' -r
complete -c rg -n "__fish_rg_using_subcommand pull" -s j -l parallel -d 'How many transfers at once [default: 16]' -r
complete -c rg -n "__fish_rg_using_subcommand pull" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand pull" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand pull" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand pull" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand pull" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand pull" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand pull" -s a -l all-tags -d 'Pull every tag of the repository'
complete -c rg -n "__fish_rg_using_subcommand pull" -l all-platforms -d 'Pull for every platform there is'
complete -c rg -n "__fish_rg_using_subcommand pull" -s q -l quiet -d 'Print only the name of what was pulled'
complete -c rg -n "__fish_rg_using_subcommand pull" -l no-fsync -d 'Do not wait for the disk: for stores that are thrown away'
complete -c rg -n "__fish_rg_using_subcommand pull" -l dry-run -d 'Only say what would be pulled'
complete -c rg -n "__fish_rg_using_subcommand pull" -l newer -d 'Only say whether the registry has something newer'
complete -c rg -n "__fish_rg_using_subcommand pull" -l exit-code -d 'With --newer: exit with 1 if it has'
complete -c rg -n "__fish_rg_using_subcommand pull" -l allow-foreign-layers -d 'Fetch layers that the registry lacks from the addresses their image lists, without credentials'
complete -c rg -n "__fish_rg_using_subcommand pull" -l plain-http -d 'Talk plain HTTP'
complete -c rg -n "__fish_rg_using_subcommand pull" -l insecure -d 'Do not verify certificates; talk plain HTTP to who does not speak TLS'
complete -c rg -n "__fish_rg_using_subcommand pull" -l anonymous -d 'Use no stored credentials'
complete -c rg -n "__fish_rg_using_subcommand pull" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand pull" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand push" -l platform -d 'Push only the image for this platform' -r
complete -c rg -n "__fish_rg_using_subcommand push" -l to -d 'Push to this registry, under this prefix, keeping the rest of each name' -r
complete -c rg -n "__fish_rg_using_subcommand push" -l disable-content-trust -d 'Accepted for docker\'s sake' -r -f -a "true\t''
false\t''"
complete -c rg -n "__fish_rg_using_subcommand push" -l ca-file -d 'Trust the authorities in this PEM file too' -r -F
complete -c rg -n "__fish_rg_using_subcommand push" -l cert-file -d 'Client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand push" -l key-file -d 'Key of the client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand push" -l creds -d 'Credentials for this command only' -r
complete -c rg -n "__fish_rg_using_subcommand push" -l retries -d 'How often to try again [default: 5]' -r
complete -c rg -n "__fish_rg_using_subcommand push" -l connect-timeout -d 'The longest wait for a connection [default: 10s]' -r
complete -c rg -n "__fish_rg_using_subcommand push" -l stall-timeout -d 'The longest wait for the next byte [default: 30s]' -r
complete -c rg -n "__fish_rg_using_subcommand push" -l limit-rate -d 'The most bytes a second in all, such as 5M' -r
complete -c rg -n "__fish_rg_using_subcommand push" -s j -l parallel -d 'How many transfers at once [default: 16]' -r
complete -c rg -n "__fish_rg_using_subcommand push" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand push" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand push" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand push" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand push" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand push" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand push" -s a -l all-tags -d 'Push every local tag of the repository'
complete -c rg -n "__fish_rg_using_subcommand push" -s q -l quiet -d 'Print only the name of what was pushed'
complete -c rg -n "__fish_rg_using_subcommand push" -l dry-run -d 'Only say what would be pushed'
complete -c rg -n "__fish_rg_using_subcommand push" -l plain-http -d 'Talk plain HTTP'
complete -c rg -n "__fish_rg_using_subcommand push" -l insecure -d 'Do not verify certificates; talk plain HTTP to who does not speak TLS'
complete -c rg -n "__fish_rg_using_subcommand push" -l anonymous -d 'Use no stored credentials'
complete -c rg -n "__fish_rg_using_subcommand push" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand push" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand images" -s f -l filter -d 'Show only images that pass a condition' -r
complete -c rg -n "__fish_rg_using_subcommand images" -l format -d 'table, json, or a template such as {{.ID}} (see `man`)' -r
complete -c rg -n "__fish_rg_using_subcommand images" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand images" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand images" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand images" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand images" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand images" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand images" -s a -l all -d 'Show what is attached to others, too, such as signatures, where it has no name'
complete -c rg -n "__fish_rg_using_subcommand images" -l digests -d 'Show digests'
complete -c rg -n "__fish_rg_using_subcommand images" -l no-trunc -d 'Do not shorten IDs'
complete -c rg -n "__fish_rg_using_subcommand images" -s q -l quiet -d 'Print only IDs'
complete -c rg -n "__fish_rg_using_subcommand images" -l tree -d 'Show the platforms that each image lists; a size of - is not here'
complete -c rg -n "__fish_rg_using_subcommand images" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand images" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand copy" -l filter -d 'With -a: only tags that match a shell pattern' -r
complete -c rg -n "__fish_rg_using_subcommand copy" -l platform -d 'Copy only the images for these platforms: one goes without its index, several with a shorter one' -r
complete -c rg -n "__fish_rg_using_subcommand copy" -l src-creds -d 'Credentials for the source only' -r
complete -c rg -n "__fish_rg_using_subcommand copy" -l dest-creds -d 'Credentials for the target only' -r
complete -c rg -n "__fish_rg_using_subcommand copy" -l ca-file -d 'Trust the authorities in this PEM file too' -r -F
complete -c rg -n "__fish_rg_using_subcommand copy" -l cert-file -d 'Client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand copy" -l key-file -d 'Key of the client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand copy" -l creds -d 'Credentials for this command only' -r
complete -c rg -n "__fish_rg_using_subcommand copy" -l retries -d 'How often to try again [default: 5]' -r
complete -c rg -n "__fish_rg_using_subcommand copy" -l connect-timeout -d 'The longest wait for a connection [default: 10s]' -r
complete -c rg -n "__fish_rg_using_subcommand copy" -l stall-timeout -d 'The longest wait for the next byte [default: 30s]' -r
complete -c rg -n "__fish_rg_using_subcommand copy" -l limit-rate -d 'The most bytes a second in all, such as 5M' -r
complete -c rg -n "__fish_rg_using_subcommand copy" -s j -l parallel -d 'How many transfers at once [default: 16]' -r
complete -c rg -n "__fish_rg_using_subcommand copy" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand copy" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand copy" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand copy" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand copy" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand copy" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand copy" -s a -l all-tags -d 'Copy every tag of the repository'
complete -c rg -n "__fish_rg_using_subcommand copy" -l all-platforms -d 'Copy for every platform there is, as without --platform'
complete -c rg -n "__fish_rg_using_subcommand copy" -l referrers -d 'Copy what is attached to the image too: signatures, attestations, SBOMs'
complete -c rg -n "__fish_rg_using_subcommand copy" -s q -l quiet -d 'Print only the name of what was copied'
complete -c rg -n "__fish_rg_using_subcommand copy" -l dry-run -d 'Only say what would be copied'
complete -c rg -n "__fish_rg_using_subcommand copy" -l plain-http -d 'Talk plain HTTP'
complete -c rg -n "__fish_rg_using_subcommand copy" -l insecure -d 'Do not verify certificates; talk plain HTTP to who does not speak TLS'
complete -c rg -n "__fish_rg_using_subcommand copy" -l anonymous -d 'Use no stored credentials'
complete -c rg -n "__fish_rg_using_subcommand copy" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand copy" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand cp" -l filter -d 'With -a: only tags that match a shell pattern' -r
complete -c rg -n "__fish_rg_using_subcommand cp" -l platform -d 'Copy only the images for these platforms: one goes without its index, several with a shorter one' -r
complete -c rg -n "__fish_rg_using_subcommand cp" -l src-creds -d 'Credentials for the source only' -r
complete -c rg -n "__fish_rg_using_subcommand cp" -l dest-creds -d 'Credentials for the target only' -r
complete -c rg -n "__fish_rg_using_subcommand cp" -l ca-file -d 'Trust the authorities in this PEM file too' -r -F
complete -c rg -n "__fish_rg_using_subcommand cp" -l cert-file -d 'Client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand cp" -l key-file -d 'Key of the client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand cp" -l creds -d 'Credentials for this command only' -r
complete -c rg -n "__fish_rg_using_subcommand cp" -l retries -d 'How often to try again [default: 5]' -r
complete -c rg -n "__fish_rg_using_subcommand cp" -l connect-timeout -d 'The longest wait for a connection [default: 10s]' -r
complete -c rg -n "__fish_rg_using_subcommand cp" -l stall-timeout -d 'The longest wait for the next byte [default: 30s]' -r
complete -c rg -n "__fish_rg_using_subcommand cp" -l limit-rate -d 'The most bytes a second in all, such as 5M' -r
complete -c rg -n "__fish_rg_using_subcommand cp" -s j -l parallel -d 'How many transfers at once [default: 16]' -r
complete -c rg -n "__fish_rg_using_subcommand cp" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand cp" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand cp" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand cp" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand cp" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand cp" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand cp" -s a -l all-tags -d 'Copy every tag of the repository'
complete -c rg -n "__fish_rg_using_subcommand cp" -l all-platforms -d 'Copy for every platform there is, as without --platform'
complete -c rg -n "__fish_rg_using_subcommand cp" -l referrers -d 'Copy what is attached to the image too: signatures, attestations, SBOMs'
complete -c rg -n "__fish_rg_using_subcommand cp" -s q -l quiet -d 'Print only the name of what was copied'
complete -c rg -n "__fish_rg_using_subcommand cp" -l dry-run -d 'Only say what would be copied'
complete -c rg -n "__fish_rg_using_subcommand cp" -l plain-http -d 'Talk plain HTTP'
complete -c rg -n "__fish_rg_using_subcommand cp" -l insecure -d 'Do not verify certificates; talk plain HTTP to who does not speak TLS'
complete -c rg -n "__fish_rg_using_subcommand cp" -l anonymous -d 'Use no stored credentials'
complete -c rg -n "__fish_rg_using_subcommand cp" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand cp" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand tag" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand tag" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand tag" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand tag" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand tag" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand tag" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand tag" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand tag" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand rmi" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand rmi" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand rmi" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand rmi" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand rmi" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand rmi" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand rmi" -s f -l force -d 'Remove an image by ID although several repositories name it'
complete -c rg -n "__fish_rg_using_subcommand rmi" -l no-prune -d 'Accepted for docker\'s sake: there are no untagged parents here'
complete -c rg -n "__fish_rg_using_subcommand rmi" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand rmi" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand save" -s o -l output -d 'The file to write; `-` is standard output, as without this' -r -F
complete -c rg -n "__fish_rg_using_subcommand save" -l format -d 'oci: a layout only; docker: docker\'s older archive, with layers as they were before compression' -r -f -a "oci\t'An OCI layout'
docker\t'Docker\'s older archive'"
complete -c rg -n "__fish_rg_using_subcommand save" -l platform -d 'Save only the image for this platform' -r
complete -c rg -n "__fish_rg_using_subcommand save" -l since -d 'Leave out blobs that are in this tar, or whose digests this text file lists' -r -F
complete -c rg -n "__fish_rg_using_subcommand save" -l recompress -d 'gzip: save layers that are zstd as gzip, for docker before 23.0; this changes digests, image IDs stay' -r -f -a "gzip\t'What every reader knows'"
complete -c rg -n "__fish_rg_using_subcommand save" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand save" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand save" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand save" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand save" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand save" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand save" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand save" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand load" -s i -l input -d 'The file to read; `-` is standard input, as without this' -r -F
complete -c rg -n "__fish_rg_using_subcommand load" -l name -d 'The name for an image that has none in the tar' -r
complete -c rg -n "__fish_rg_using_subcommand load" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand load" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand load" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand load" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand load" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand load" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand load" -s f -l force -d 'Move names that mean other images here'
complete -c rg -n "__fish_rg_using_subcommand load" -s q -l quiet -d 'Print only the names of what was loaded'
complete -c rg -n "__fish_rg_using_subcommand load" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand load" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand unpack" -l platform -d 'Take the image for this platform' -r
complete -c rg -n "__fish_rg_using_subcommand unpack" -l max-size -d 'The most bytes that may come of it, such as 20G; by default 64 MiB, or 1000 times the size of its layers if that is more' -r
complete -c rg -n "__fish_rg_using_subcommand unpack" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand unpack" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand unpack" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand unpack" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand unpack" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand unpack" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand unpack" -l tar -d 'Write one tar of all layers instead of a folder'
complete -c rg -n "__fish_rg_using_subcommand unpack" -l allow-devices -d 'Make device files too, as root; a tar has them in any case'
complete -c rg -n "__fish_rg_using_subcommand unpack" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand unpack" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand search" -l registry -d 'Search this registry; may be given more than once, and they are asked at once' -r
complete -c rg -n "__fish_rg_using_subcommand search" -s f -l filter -d 'Show only results that pass a condition' -r
complete -c rg -n "__fish_rg_using_subcommand search" -s s -l stars -d 'Show only results with at least this many stars' -r
complete -c rg -n "__fish_rg_using_subcommand search" -l limit -d 'How many results in all, from 1 to 100' -r
complete -c rg -n "__fish_rg_using_subcommand search" -l format -d 'table, json, or a template such as {{.Name}} (see `man`)' -r
complete -c rg -n "__fish_rg_using_subcommand search" -l ca-file -d 'Trust the authorities in this PEM file too' -r -F
complete -c rg -n "__fish_rg_using_subcommand search" -l cert-file -d 'Client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand search" -l key-file -d 'Key of the client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand search" -l creds -d 'Credentials for this command only' -r
complete -c rg -n "__fish_rg_using_subcommand search" -l retries -d 'How often to try again [default: 5]' -r
complete -c rg -n "__fish_rg_using_subcommand search" -l connect-timeout -d 'The longest wait for a connection [default: 10s]' -r
complete -c rg -n "__fish_rg_using_subcommand search" -l stall-timeout -d 'The longest wait for the next byte [default: 30s]' -r
complete -c rg -n "__fish_rg_using_subcommand search" -l limit-rate -d 'The most bytes a second in all, such as 5M' -r
complete -c rg -n "__fish_rg_using_subcommand search" -s j -l parallel -d 'How many transfers at once [default: 16]' -r
complete -c rg -n "__fish_rg_using_subcommand search" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand search" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand search" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand search" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand search" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand search" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand search" -l no-trunc -d 'Do not shorten descriptions'
complete -c rg -n "__fish_rg_using_subcommand search" -l json -d 'One JSON object a line'
complete -c rg -n "__fish_rg_using_subcommand search" -l plain-http -d 'Talk plain HTTP'
complete -c rg -n "__fish_rg_using_subcommand search" -l insecure -d 'Do not verify certificates; talk plain HTTP to who does not speak TLS'
complete -c rg -n "__fish_rg_using_subcommand search" -l anonymous -d 'Use no stored credentials'
complete -c rg -n "__fish_rg_using_subcommand search" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand search" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand catalog" -l limit -d 'The most repositories to list' -r
complete -c rg -n "__fish_rg_using_subcommand catalog" -l last -d 'List what comes after this repository' -r
complete -c rg -n "__fish_rg_using_subcommand catalog" -l ca-file -d 'Trust the authorities in this PEM file too' -r -F
complete -c rg -n "__fish_rg_using_subcommand catalog" -l cert-file -d 'Client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand catalog" -l key-file -d 'Key of the client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand catalog" -l creds -d 'Credentials for this command only' -r
complete -c rg -n "__fish_rg_using_subcommand catalog" -l retries -d 'How often to try again [default: 5]' -r
complete -c rg -n "__fish_rg_using_subcommand catalog" -l connect-timeout -d 'The longest wait for a connection [default: 10s]' -r
complete -c rg -n "__fish_rg_using_subcommand catalog" -l stall-timeout -d 'The longest wait for the next byte [default: 30s]' -r
complete -c rg -n "__fish_rg_using_subcommand catalog" -l limit-rate -d 'The most bytes a second in all, such as 5M' -r
complete -c rg -n "__fish_rg_using_subcommand catalog" -s j -l parallel -d 'How many transfers at once [default: 16]' -r
complete -c rg -n "__fish_rg_using_subcommand catalog" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand catalog" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand catalog" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand catalog" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand catalog" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand catalog" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand catalog" -l json -d 'One JSON object a line'
complete -c rg -n "__fish_rg_using_subcommand catalog" -l plain-http -d 'Talk plain HTTP'
complete -c rg -n "__fish_rg_using_subcommand catalog" -l insecure -d 'Do not verify certificates; talk plain HTTP to who does not speak TLS'
complete -c rg -n "__fish_rg_using_subcommand catalog" -l anonymous -d 'Use no stored credentials'
complete -c rg -n "__fish_rg_using_subcommand catalog" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand catalog" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand tags" -l sort -d 'name; semver: by version, the newest last; created: by age, the newest last' -r -f -a "name\t'By their text'
semver\t'By version: what is no version comes first, then versions, the newest last'
created\t'By the time their images were made: what tells none comes first, the newest last'"
complete -c rg -n "__fish_rg_using_subcommand tags" -l filter -d 'Only tags that match a shell pattern' -r
complete -c rg -n "__fish_rg_using_subcommand tags" -l limit -d 'The most tags to list: the first by name, the newest by version or age' -r
complete -c rg -n "__fish_rg_using_subcommand tags" -l platform -d 'Size and age of the image for this platform' -r
complete -c rg -n "__fish_rg_using_subcommand tags" -l format -d 'table, json, or a template such as {{.Tag}} (see `man`)' -r
complete -c rg -n "__fish_rg_using_subcommand tags" -l ca-file -d 'Trust the authorities in this PEM file too' -r -F
complete -c rg -n "__fish_rg_using_subcommand tags" -l cert-file -d 'Client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand tags" -l key-file -d 'Key of the client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand tags" -l creds -d 'Credentials for this command only' -r
complete -c rg -n "__fish_rg_using_subcommand tags" -l retries -d 'How often to try again [default: 5]' -r
complete -c rg -n "__fish_rg_using_subcommand tags" -l connect-timeout -d 'The longest wait for a connection [default: 10s]' -r
complete -c rg -n "__fish_rg_using_subcommand tags" -l stall-timeout -d 'The longest wait for the next byte [default: 30s]' -r
complete -c rg -n "__fish_rg_using_subcommand tags" -l limit-rate -d 'The most bytes a second in all, such as 5M' -r
complete -c rg -n "__fish_rg_using_subcommand tags" -s j -l parallel -d 'How many transfers at once [default: 16]' -r
complete -c rg -n "__fish_rg_using_subcommand tags" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand tags" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand tags" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand tags" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand tags" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand tags" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand tags" -s l -l long -d 'Show what the tags point at: digest, platforms, size and age'
complete -c rg -n "__fish_rg_using_subcommand tags" -l no-trunc -d 'Do not shorten digests and lists of platforms'
complete -c rg -n "__fish_rg_using_subcommand tags" -l json -d 'One JSON object a line'
complete -c rg -n "__fish_rg_using_subcommand tags" -l plain-http -d 'Talk plain HTTP'
complete -c rg -n "__fish_rg_using_subcommand tags" -l insecure -d 'Do not verify certificates; talk plain HTTP to who does not speak TLS'
complete -c rg -n "__fish_rg_using_subcommand tags" -l anonymous -d 'Use no stored credentials'
complete -c rg -n "__fish_rg_using_subcommand tags" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand tags" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand inspect" -s f -l format -d 'json, or a template such as {{.Config.Env}} (see `man`)' -r
complete -c rg -n "__fish_rg_using_subcommand inspect" -l platform -d 'The image for this platform' -r
complete -c rg -n "__fish_rg_using_subcommand inspect" -l ca-file -d 'Trust the authorities in this PEM file too' -r -F
complete -c rg -n "__fish_rg_using_subcommand inspect" -l cert-file -d 'Client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand inspect" -l key-file -d 'Key of the client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand inspect" -l creds -d 'Credentials for this command only' -r
complete -c rg -n "__fish_rg_using_subcommand inspect" -l retries -d 'How often to try again [default: 5]' -r
complete -c rg -n "__fish_rg_using_subcommand inspect" -l connect-timeout -d 'The longest wait for a connection [default: 10s]' -r
complete -c rg -n "__fish_rg_using_subcommand inspect" -l stall-timeout -d 'The longest wait for the next byte [default: 30s]' -r
complete -c rg -n "__fish_rg_using_subcommand inspect" -l limit-rate -d 'The most bytes a second in all, such as 5M' -r
complete -c rg -n "__fish_rg_using_subcommand inspect" -s j -l parallel -d 'How many transfers at once [default: 16]' -r
complete -c rg -n "__fish_rg_using_subcommand inspect" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand inspect" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand inspect" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand inspect" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand inspect" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand inspect" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand inspect" -l remote -d 'The image on its registry, without pulling it'
complete -c rg -n "__fish_rg_using_subcommand inspect" -l plain-http -d 'Talk plain HTTP'
complete -c rg -n "__fish_rg_using_subcommand inspect" -l insecure -d 'Do not verify certificates; talk plain HTTP to who does not speak TLS'
complete -c rg -n "__fish_rg_using_subcommand inspect" -l anonymous -d 'Use no stored credentials'
complete -c rg -n "__fish_rg_using_subcommand inspect" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand inspect" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand manifest; and not __fish_seen_subcommand_from inspect help" -l platform -d 'The manifest for this platform, where NAME is an index' -r
complete -c rg -n "__fish_rg_using_subcommand manifest; and not __fish_seen_subcommand_from inspect help" -l ca-file -d 'Trust the authorities in this PEM file too' -r -F
complete -c rg -n "__fish_rg_using_subcommand manifest; and not __fish_seen_subcommand_from inspect help" -l cert-file -d 'Client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand manifest; and not __fish_seen_subcommand_from inspect help" -l key-file -d 'Key of the client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand manifest; and not __fish_seen_subcommand_from inspect help" -l creds -d 'Credentials for this command only' -r
complete -c rg -n "__fish_rg_using_subcommand manifest; and not __fish_seen_subcommand_from inspect help" -l retries -d 'How often to try again [default: 5]' -r
complete -c rg -n "__fish_rg_using_subcommand manifest; and not __fish_seen_subcommand_from inspect help" -l connect-timeout -d 'The longest wait for a connection [default: 10s]' -r
complete -c rg -n "__fish_rg_using_subcommand manifest; and not __fish_seen_subcommand_from inspect help" -l stall-timeout -d 'The longest wait for the next byte [default: 30s]' -r
complete -c rg -n "__fish_rg_using_subcommand manifest; and not __fish_seen_subcommand_from inspect help" -l limit-rate -d 'The most bytes a second in all, such as 5M' -r
complete -c rg -n "__fish_rg_using_subcommand manifest; and not __fish_seen_subcommand_from inspect help" -s j -l parallel -d 'How many transfers at once [default: 16]' -r
complete -c rg -n "__fish_rg_using_subcommand manifest; and not __fish_seen_subcommand_from inspect help" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand manifest; and not __fish_seen_subcommand_from inspect help" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand manifest; and not __fish_seen_subcommand_from inspect help" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand manifest; and not __fish_seen_subcommand_from inspect help" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand manifest; and not __fish_seen_subcommand_from inspect help" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand manifest; and not __fish_seen_subcommand_from inspect help" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand manifest; and not __fish_seen_subcommand_from inspect help" -l pretty -d 'Over several lines instead of the exact bytes'
complete -c rg -n "__fish_rg_using_subcommand manifest; and not __fish_seen_subcommand_from inspect help" -l plain-http -d 'Talk plain HTTP'
complete -c rg -n "__fish_rg_using_subcommand manifest; and not __fish_seen_subcommand_from inspect help" -l insecure -d 'Do not verify certificates; talk plain HTTP to who does not speak TLS'
complete -c rg -n "__fish_rg_using_subcommand manifest; and not __fish_seen_subcommand_from inspect help" -l anonymous -d 'Use no stored credentials'
complete -c rg -n "__fish_rg_using_subcommand manifest; and not __fish_seen_subcommand_from inspect help" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand manifest; and not __fish_seen_subcommand_from inspect help" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand manifest; and not __fish_seen_subcommand_from inspect help" -a "inspect" -d 'Print a manifest over several lines, as docker does'
complete -c rg -n "__fish_rg_using_subcommand manifest; and not __fish_seen_subcommand_from inspect help" -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c rg -n "__fish_rg_using_subcommand manifest; and __fish_seen_subcommand_from inspect" -l platform -d 'The manifest for this platform, where NAME is an index' -r
complete -c rg -n "__fish_rg_using_subcommand manifest; and __fish_seen_subcommand_from inspect" -l ca-file -d 'Trust the authorities in this PEM file too' -r -F
complete -c rg -n "__fish_rg_using_subcommand manifest; and __fish_seen_subcommand_from inspect" -l cert-file -d 'Client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand manifest; and __fish_seen_subcommand_from inspect" -l key-file -d 'Key of the client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand manifest; and __fish_seen_subcommand_from inspect" -l creds -d 'Credentials for this command only' -r
complete -c rg -n "__fish_rg_using_subcommand manifest; and __fish_seen_subcommand_from inspect" -l retries -d 'How often to try again [default: 5]' -r
complete -c rg -n "__fish_rg_using_subcommand manifest; and __fish_seen_subcommand_from inspect" -l connect-timeout -d 'The longest wait for a connection [default: 10s]' -r
complete -c rg -n "__fish_rg_using_subcommand manifest; and __fish_seen_subcommand_from inspect" -l stall-timeout -d 'The longest wait for the next byte [default: 30s]' -r
complete -c rg -n "__fish_rg_using_subcommand manifest; and __fish_seen_subcommand_from inspect" -l limit-rate -d 'The most bytes a second in all, such as 5M' -r
complete -c rg -n "__fish_rg_using_subcommand manifest; and __fish_seen_subcommand_from inspect" -s j -l parallel -d 'How many transfers at once [default: 16]' -r
complete -c rg -n "__fish_rg_using_subcommand manifest; and __fish_seen_subcommand_from inspect" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand manifest; and __fish_seen_subcommand_from inspect" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand manifest; and __fish_seen_subcommand_from inspect" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand manifest; and __fish_seen_subcommand_from inspect" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand manifest; and __fish_seen_subcommand_from inspect" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand manifest; and __fish_seen_subcommand_from inspect" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand manifest; and __fish_seen_subcommand_from inspect" -s v -l verbose -d 'Each manifest with its name, descriptor, platform and bytes'
complete -c rg -n "__fish_rg_using_subcommand manifest; and __fish_seen_subcommand_from inspect" -l plain-http -d 'Talk plain HTTP'
complete -c rg -n "__fish_rg_using_subcommand manifest; and __fish_seen_subcommand_from inspect" -l insecure -d 'Do not verify certificates; talk plain HTTP to who does not speak TLS'
complete -c rg -n "__fish_rg_using_subcommand manifest; and __fish_seen_subcommand_from inspect" -l anonymous -d 'Use no stored credentials'
complete -c rg -n "__fish_rg_using_subcommand manifest; and __fish_seen_subcommand_from inspect" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand manifest; and __fish_seen_subcommand_from inspect" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand manifest; and __fish_seen_subcommand_from help" -f -a "inspect" -d 'Print a manifest over several lines, as docker does'
complete -c rg -n "__fish_rg_using_subcommand manifest; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c rg -n "__fish_rg_using_subcommand digest" -l ca-file -d 'Trust the authorities in this PEM file too' -r -F
complete -c rg -n "__fish_rg_using_subcommand digest" -l cert-file -d 'Client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand digest" -l key-file -d 'Key of the client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand digest" -l creds -d 'Credentials for this command only' -r
complete -c rg -n "__fish_rg_using_subcommand digest" -l retries -d 'How often to try again [default: 5]' -r
complete -c rg -n "__fish_rg_using_subcommand digest" -l connect-timeout -d 'The longest wait for a connection [default: 10s]' -r
complete -c rg -n "__fish_rg_using_subcommand digest" -l stall-timeout -d 'The longest wait for the next byte [default: 30s]' -r
complete -c rg -n "__fish_rg_using_subcommand digest" -l limit-rate -d 'The most bytes a second in all, such as 5M' -r
complete -c rg -n "__fish_rg_using_subcommand digest" -s j -l parallel -d 'How many transfers at once [default: 16]' -r
complete -c rg -n "__fish_rg_using_subcommand digest" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand digest" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand digest" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand digest" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand digest" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand digest" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand digest" -l full-ref -d 'Print the whole reference, with the digest in it'
complete -c rg -n "__fish_rg_using_subcommand digest" -l plain-http -d 'Talk plain HTTP'
complete -c rg -n "__fish_rg_using_subcommand digest" -l insecure -d 'Do not verify certificates; talk plain HTTP to who does not speak TLS'
complete -c rg -n "__fish_rg_using_subcommand digest" -l anonymous -d 'Use no stored credentials'
complete -c rg -n "__fish_rg_using_subcommand digest" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand digest" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand history" -l format -d 'table, json, or a template such as {{.CreatedBy}} (see `man`)' -r
complete -c rg -n "__fish_rg_using_subcommand history" -s H -l human -d 'Sizes and times for people; false for bytes and RFC 3339' -r -f -a "true\t''
false\t''"
complete -c rg -n "__fish_rg_using_subcommand history" -l platform -d 'The image for this platform' -r
complete -c rg -n "__fish_rg_using_subcommand history" -l ca-file -d 'Trust the authorities in this PEM file too' -r -F
complete -c rg -n "__fish_rg_using_subcommand history" -l cert-file -d 'Client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand history" -l key-file -d 'Key of the client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand history" -l creds -d 'Credentials for this command only' -r
complete -c rg -n "__fish_rg_using_subcommand history" -l retries -d 'How often to try again [default: 5]' -r
complete -c rg -n "__fish_rg_using_subcommand history" -l connect-timeout -d 'The longest wait for a connection [default: 10s]' -r
complete -c rg -n "__fish_rg_using_subcommand history" -l stall-timeout -d 'The longest wait for the next byte [default: 30s]' -r
complete -c rg -n "__fish_rg_using_subcommand history" -l limit-rate -d 'The most bytes a second in all, such as 5M' -r
complete -c rg -n "__fish_rg_using_subcommand history" -s j -l parallel -d 'How many transfers at once [default: 16]' -r
complete -c rg -n "__fish_rg_using_subcommand history" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand history" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand history" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand history" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand history" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand history" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand history" -l no-trunc -d 'Do not shorten IDs and steps'
complete -c rg -n "__fish_rg_using_subcommand history" -s q -l quiet -d 'Print only IDs'
complete -c rg -n "__fish_rg_using_subcommand history" -l remote -d 'The image on its registry, without pulling it'
complete -c rg -n "__fish_rg_using_subcommand history" -l plain-http -d 'Talk plain HTTP'
complete -c rg -n "__fish_rg_using_subcommand history" -l insecure -d 'Do not verify certificates; talk plain HTTP to who does not speak TLS'
complete -c rg -n "__fish_rg_using_subcommand history" -l anonymous -d 'Use no stored credentials'
complete -c rg -n "__fish_rg_using_subcommand history" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand history" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand referrers" -l artifact-type -d 'Only artifacts of this type, and what leads to them' -r
complete -c rg -n "__fish_rg_using_subcommand referrers" -l platform -d 'Of an index, only this platform' -r
complete -c rg -n "__fish_rg_using_subcommand referrers" -l ca-file -d 'Trust the authorities in this PEM file too' -r -F
complete -c rg -n "__fish_rg_using_subcommand referrers" -l cert-file -d 'Client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand referrers" -l key-file -d 'Key of the client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand referrers" -l creds -d 'Credentials for this command only' -r
complete -c rg -n "__fish_rg_using_subcommand referrers" -l retries -d 'How often to try again [default: 5]' -r
complete -c rg -n "__fish_rg_using_subcommand referrers" -l connect-timeout -d 'The longest wait for a connection [default: 10s]' -r
complete -c rg -n "__fish_rg_using_subcommand referrers" -l stall-timeout -d 'The longest wait for the next byte [default: 30s]' -r
complete -c rg -n "__fish_rg_using_subcommand referrers" -l limit-rate -d 'The most bytes a second in all, such as 5M' -r
complete -c rg -n "__fish_rg_using_subcommand referrers" -s j -l parallel -d 'How many transfers at once [default: 16]' -r
complete -c rg -n "__fish_rg_using_subcommand referrers" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand referrers" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand referrers" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand referrers" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand referrers" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand referrers" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand referrers" -l json -d 'One JSON object a line'
complete -c rg -n "__fish_rg_using_subcommand referrers" -l plain-http -d 'Talk plain HTTP'
complete -c rg -n "__fish_rg_using_subcommand referrers" -l insecure -d 'Do not verify certificates; talk plain HTTP to who does not speak TLS'
complete -c rg -n "__fish_rg_using_subcommand referrers" -l anonymous -d 'Use no stored credentials'
complete -c rg -n "__fish_rg_using_subcommand referrers" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand referrers" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand delete" -l ca-file -d 'Trust the authorities in this PEM file too' -r -F
complete -c rg -n "__fish_rg_using_subcommand delete" -l cert-file -d 'Client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand delete" -l key-file -d 'Key of the client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand delete" -l creds -d 'Credentials for this command only' -r
complete -c rg -n "__fish_rg_using_subcommand delete" -l retries -d 'How often to try again [default: 5]' -r
complete -c rg -n "__fish_rg_using_subcommand delete" -l connect-timeout -d 'The longest wait for a connection [default: 10s]' -r
complete -c rg -n "__fish_rg_using_subcommand delete" -l stall-timeout -d 'The longest wait for the next byte [default: 30s]' -r
complete -c rg -n "__fish_rg_using_subcommand delete" -l limit-rate -d 'The most bytes a second in all, such as 5M' -r
complete -c rg -n "__fish_rg_using_subcommand delete" -s j -l parallel -d 'How many transfers at once [default: 16]' -r
complete -c rg -n "__fish_rg_using_subcommand delete" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand delete" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand delete" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand delete" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand delete" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand delete" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand delete" -s y -s f -l yes -l force -d 'Ask nothing'
complete -c rg -n "__fish_rg_using_subcommand delete" -l dry-run -d 'Only say what would be deleted'
complete -c rg -n "__fish_rg_using_subcommand delete" -l plain-http -d 'Talk plain HTTP'
complete -c rg -n "__fish_rg_using_subcommand delete" -l insecure -d 'Do not verify certificates; talk plain HTTP to who does not speak TLS'
complete -c rg -n "__fish_rg_using_subcommand delete" -l anonymous -d 'Use no stored credentials'
complete -c rg -n "__fish_rg_using_subcommand delete" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand delete" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand expire" -l keep -d 'Keep the newest N images of those that match' -r
complete -c rg -n "__fish_rg_using_subcommand expire" -l older-than -d 'Delete only what is older, such as 30d or 12h' -r
complete -c rg -n "__fish_rg_using_subcommand expire" -l match -d 'Delete only tags that match a shell pattern; may be given more than once' -r
complete -c rg -n "__fish_rg_using_subcommand expire" -l except -d 'Keep tags that match a shell pattern; may be given more than once' -r
complete -c rg -n "__fish_rg_using_subcommand expire" -l ca-file -d 'Trust the authorities in this PEM file too' -r -F
complete -c rg -n "__fish_rg_using_subcommand expire" -l cert-file -d 'Client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand expire" -l key-file -d 'Key of the client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand expire" -l creds -d 'Credentials for this command only' -r
complete -c rg -n "__fish_rg_using_subcommand expire" -l retries -d 'How often to try again [default: 5]' -r
complete -c rg -n "__fish_rg_using_subcommand expire" -l connect-timeout -d 'The longest wait for a connection [default: 10s]' -r
complete -c rg -n "__fish_rg_using_subcommand expire" -l stall-timeout -d 'The longest wait for the next byte [default: 30s]' -r
complete -c rg -n "__fish_rg_using_subcommand expire" -l limit-rate -d 'The most bytes a second in all, such as 5M' -r
complete -c rg -n "__fish_rg_using_subcommand expire" -s j -l parallel -d 'How many transfers at once [default: 16]' -r
complete -c rg -n "__fish_rg_using_subcommand expire" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand expire" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand expire" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand expire" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand expire" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand expire" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand expire" -s y -l yes -d 'Delete; without it, only say what would be deleted'
complete -c rg -n "__fish_rg_using_subcommand expire" -l dry-run -d 'Only say what would be deleted, as without --yes'
complete -c rg -n "__fish_rg_using_subcommand expire" -l json -d 'One JSON object a tag'
complete -c rg -n "__fish_rg_using_subcommand expire" -l plain-http -d 'Talk plain HTTP'
complete -c rg -n "__fish_rg_using_subcommand expire" -l insecure -d 'Do not verify certificates; talk plain HTTP to who does not speak TLS'
complete -c rg -n "__fish_rg_using_subcommand expire" -l anonymous -d 'Use no stored credentials'
complete -c rg -n "__fish_rg_using_subcommand expire" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand expire" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand prune" -l filter -d 'Only what is older: until=24h' -r
complete -c rg -n "__fish_rg_using_subcommand prune" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand prune" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand prune" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand prune" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand prune" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand prune" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand prune" -s a -l all -d 'Take parts of blobs of any age'
complete -c rg -n "__fish_rg_using_subcommand prune" -s f -s y -l force -l yes -d 'Ask nothing'
complete -c rg -n "__fish_rg_using_subcommand prune" -l dry-run -d 'Only say what would go'
complete -c rg -n "__fish_rg_using_subcommand prune" -l json -d 'One JSON object'
complete -c rg -n "__fish_rg_using_subcommand prune" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand prune" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand du" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand du" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand du" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand du" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand du" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand du" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand du" -l json -d 'One JSON object an image, and one about all'
complete -c rg -n "__fish_rg_using_subcommand du" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand du" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand fsck" -l ca-file -d 'Trust the authorities in this PEM file too' -r -F
complete -c rg -n "__fish_rg_using_subcommand fsck" -l cert-file -d 'Client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand fsck" -l key-file -d 'Key of the client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand fsck" -l creds -d 'Credentials for this command only' -r
complete -c rg -n "__fish_rg_using_subcommand fsck" -l retries -d 'How often to try again [default: 5]' -r
complete -c rg -n "__fish_rg_using_subcommand fsck" -l connect-timeout -d 'The longest wait for a connection [default: 10s]' -r
complete -c rg -n "__fish_rg_using_subcommand fsck" -l stall-timeout -d 'The longest wait for the next byte [default: 30s]' -r
complete -c rg -n "__fish_rg_using_subcommand fsck" -l limit-rate -d 'The most bytes a second in all, such as 5M' -r
complete -c rg -n "__fish_rg_using_subcommand fsck" -s j -l parallel -d 'How many transfers at once [default: 16]' -r
complete -c rg -n "__fish_rg_using_subcommand fsck" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand fsck" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand fsck" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand fsck" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand fsck" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand fsck" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand fsck" -l repair -d 'Fetch damaged and missing content again'
complete -c rg -n "__fish_rg_using_subcommand fsck" -l json -d 'One JSON object a problem, and one about all'
complete -c rg -n "__fish_rg_using_subcommand fsck" -s q -l quiet -d 'Print only problems'
complete -c rg -n "__fish_rg_using_subcommand fsck" -l plain-http -d 'Talk plain HTTP'
complete -c rg -n "__fish_rg_using_subcommand fsck" -l insecure -d 'Do not verify certificates; talk plain HTTP to who does not speak TLS'
complete -c rg -n "__fish_rg_using_subcommand fsck" -l anonymous -d 'Use no stored credentials'
complete -c rg -n "__fish_rg_using_subcommand fsck" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand fsck" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand serve" -l htpasswd -d 'Ask for a user and password of this file, bcrypt lines as `htpasswd -B` writes them' -r -F
complete -c rg -n "__fish_rg_using_subcommand serve" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand serve" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand serve" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand serve" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand serve" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand serve" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand serve" -l read-only -d 'Refuse everything that would change the store'
complete -c rg -n "__fish_rg_using_subcommand serve" -l allow-delete -d 'Let clients delete tags, manifests and blobs'
complete -c rg -n "__fish_rg_using_subcommand serve" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand serve" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand doctor" -l repository -d 'An image of it to try things out on; by default the catalog is asked' -r
complete -c rg -n "__fish_rg_using_subcommand doctor" -l write -d 'Try uploads too: begin one in this repository and give it up' -r
complete -c rg -n "__fish_rg_using_subcommand doctor" -l ca-file -d 'Trust the authorities in this PEM file too' -r -F
complete -c rg -n "__fish_rg_using_subcommand doctor" -l cert-file -d 'Client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand doctor" -l key-file -d 'Key of the client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand doctor" -l creds -d 'Credentials for this command only' -r
complete -c rg -n "__fish_rg_using_subcommand doctor" -l retries -d 'How often to try again [default: 5]' -r
complete -c rg -n "__fish_rg_using_subcommand doctor" -l connect-timeout -d 'The longest wait for a connection [default: 10s]' -r
complete -c rg -n "__fish_rg_using_subcommand doctor" -l stall-timeout -d 'The longest wait for the next byte [default: 30s]' -r
complete -c rg -n "__fish_rg_using_subcommand doctor" -l limit-rate -d 'The most bytes a second in all, such as 5M' -r
complete -c rg -n "__fish_rg_using_subcommand doctor" -s j -l parallel -d 'How many transfers at once [default: 16]' -r
complete -c rg -n "__fish_rg_using_subcommand doctor" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand doctor" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand doctor" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand doctor" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand doctor" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand doctor" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand doctor" -l json -d 'One JSON object a step'
complete -c rg -n "__fish_rg_using_subcommand doctor" -l plain-http -d 'Talk plain HTTP'
complete -c rg -n "__fish_rg_using_subcommand doctor" -l insecure -d 'Do not verify certificates; talk plain HTTP to who does not speak TLS'
complete -c rg -n "__fish_rg_using_subcommand doctor" -l anonymous -d 'Use no stored credentials'
complete -c rg -n "__fish_rg_using_subcommand doctor" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand doctor" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand config" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand config" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand config" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand config" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand config" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand config" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand config" -l json -d 'One JSON object a line'
complete -c rg -n "__fish_rg_using_subcommand config" -l init -d 'Write a settings file in which every key is explained and commented out'
complete -c rg -n "__fish_rg_using_subcommand config" -l force -d 'Replace the settings file that is there'
complete -c rg -n "__fish_rg_using_subcommand config" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand config" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand image; and not __fish_seen_subcommand_from pull push ls list rm remove tag inspect save load prune history help" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and not __fish_seen_subcommand_from pull push ls list rm remove tag inspect save load prune history help" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and not __fish_seen_subcommand_from pull push ls list rm remove tag inspect save load prune history help" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and not __fish_seen_subcommand_from pull push ls list rm remove tag inspect save load prune history help" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand image; and not __fish_seen_subcommand_from pull push ls list rm remove tag inspect save load prune history help" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand image; and not __fish_seen_subcommand_from pull push ls list rm remove tag inspect save load prune history help" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand image; and not __fish_seen_subcommand_from pull push ls list rm remove tag inspect save load prune history help" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand image; and not __fish_seen_subcommand_from pull push ls list rm remove tag inspect save load prune history help" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand image; and not __fish_seen_subcommand_from pull push ls list rm remove tag inspect save load prune history help" -f -a "pull" -d 'Pull images from a registry into the local store'
complete -c rg -n "__fish_rg_using_subcommand image; and not __fish_seen_subcommand_from pull push ls list rm remove tag inspect save load prune history help" -f -a "push" -d 'Push images from the local store to a registry'
complete -c rg -n "__fish_rg_using_subcommand image; and not __fish_seen_subcommand_from pull push ls list rm remove tag inspect save load prune history help" -f -a "ls" -d 'List the images in the local store'
complete -c rg -n "__fish_rg_using_subcommand image; and not __fish_seen_subcommand_from pull push ls list rm remove tag inspect save load prune history help" -f -a "list" -d 'List the images in the local store'
complete -c rg -n "__fish_rg_using_subcommand image; and not __fish_seen_subcommand_from pull push ls list rm remove tag inspect save load prune history help" -f -a "rm" -d 'Remove images from the local store'
complete -c rg -n "__fish_rg_using_subcommand image; and not __fish_seen_subcommand_from pull push ls list rm remove tag inspect save load prune history help" -f -a "remove" -d 'Remove images from the local store'
complete -c rg -n "__fish_rg_using_subcommand image; and not __fish_seen_subcommand_from pull push ls list rm remove tag inspect save load prune history help" -f -a "tag" -d 'Give a local image another name'
complete -c rg -n "__fish_rg_using_subcommand image; and not __fish_seen_subcommand_from pull push ls list rm remove tag inspect save load prune history help" -f -a "inspect" -d 'Show everything about images, as JSON'
complete -c rg -n "__fish_rg_using_subcommand image; and not __fish_seen_subcommand_from pull push ls list rm remove tag inspect save load prune history help" -f -a "save" -d 'Save local images to a tar'
complete -c rg -n "__fish_rg_using_subcommand image; and not __fish_seen_subcommand_from pull push ls list rm remove tag inspect save load prune history help" -f -a "load" -d 'Load images from a tar'
complete -c rg -n "__fish_rg_using_subcommand image; and not __fish_seen_subcommand_from pull push ls list rm remove tag inspect save load prune history help" -f -a "prune" -d 'Remove what no image of the local store uses'
complete -c rg -n "__fish_rg_using_subcommand image; and not __fish_seen_subcommand_from pull push ls list rm remove tag inspect save load prune history help" -f -a "history" -d 'Show how an image was made'
complete -c rg -n "__fish_rg_using_subcommand image; and not __fish_seen_subcommand_from pull push ls list rm remove tag inspect save load prune history help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from pull" -l platform -d 'Pull for these platforms, such as linux/arm64 [env: DOCKER_DEFAULT_PLATFORM]' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from pull" -l disable-content-trust -d 'Accepted for docker\'s sake' -r -f -a "true\t''
false\t''"
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from pull" -l ca-file -d 'Trust the authorities in this PEM file too' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from pull" -l cert-file -d 'Client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from pull" -l key-file -d 'Key of the client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from pull" -l creds -d 'Credentials for this command only' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from pull" -l retries -d 'How often to try again [default: 5]' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from pull" -l connect-timeout -d 'The longest wait for a connection [default: 10s]' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from pull" -l stall-timeout -d 'The longest wait for the next byte [default: 30s]' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from pull" -l limit-rate -d 'The most bytes a second in all, such as 5M' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from pull" -s j -l parallel -d 'How many transfers at once [default: 16]' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from pull" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from pull" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from pull" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from pull" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from pull" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from pull" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from pull" -s a -l all-tags -d 'Pull every tag of the repository'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from pull" -l all-platforms -d 'Pull for every platform there is'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from pull" -s q -l quiet -d 'Print only the name of what was pulled'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from pull" -l no-fsync -d 'Do not wait for the disk: for stores that are thrown away'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from pull" -l dry-run -d 'Only say what would be pulled'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from pull" -l newer -d 'Only say whether the registry has something newer'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from pull" -l exit-code -d 'With --newer: exit with 1 if it has'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from pull" -l allow-foreign-layers -d 'Fetch layers that the registry lacks from the addresses their image lists, without credentials'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from pull" -l plain-http -d 'Talk plain HTTP'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from pull" -l insecure -d 'Do not verify certificates; talk plain HTTP to who does not speak TLS'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from pull" -l anonymous -d 'Use no stored credentials'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from pull" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from pull" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from push" -l platform -d 'Push only the image for this platform' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from push" -l to -d 'Push to this registry, under this prefix, keeping the rest of each name' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from push" -l disable-content-trust -d 'Accepted for docker\'s sake' -r -f -a "true\t''
false\t''"
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from push" -l ca-file -d 'Trust the authorities in this PEM file too' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from push" -l cert-file -d 'Client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from push" -l key-file -d 'Key of the client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from push" -l creds -d 'Credentials for this command only' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from push" -l retries -d 'How often to try again [default: 5]' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from push" -l connect-timeout -d 'The longest wait for a connection [default: 10s]' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from push" -l stall-timeout -d 'The longest wait for the next byte [default: 30s]' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from push" -l limit-rate -d 'The most bytes a second in all, such as 5M' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from push" -s j -l parallel -d 'How many transfers at once [default: 16]' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from push" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from push" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from push" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from push" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from push" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from push" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from push" -s a -l all-tags -d 'Push every local tag of the repository'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from push" -s q -l quiet -d 'Print only the name of what was pushed'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from push" -l dry-run -d 'Only say what would be pushed'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from push" -l plain-http -d 'Talk plain HTTP'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from push" -l insecure -d 'Do not verify certificates; talk plain HTTP to who does not speak TLS'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from push" -l anonymous -d 'Use no stored credentials'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from push" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from push" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from ls" -s f -l filter -d 'Show only images that pass a condition' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from ls" -l format -d 'table, json, or a template such as {{.ID}} (see `man`)' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from ls" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from ls" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from ls" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from ls" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from ls" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from ls" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from ls" -s a -l all -d 'Show what is attached to others, too, such as signatures, where it has no name'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from ls" -l digests -d 'Show digests'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from ls" -l no-trunc -d 'Do not shorten IDs'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print only IDs'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from ls" -l tree -d 'Show the platforms that each image lists; a size of - is not here'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from ls" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from list" -s f -l filter -d 'Show only images that pass a condition' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from list" -l format -d 'table, json, or a template such as {{.ID}} (see `man`)' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from list" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from list" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from list" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from list" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from list" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from list" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from list" -s a -l all -d 'Show what is attached to others, too, such as signatures, where it has no name'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from list" -l digests -d 'Show digests'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from list" -l no-trunc -d 'Do not shorten IDs'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only IDs'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from list" -l tree -d 'Show the platforms that each image lists; a size of - is not here'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from list" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from rm" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from rm" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from rm" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from rm" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from rm" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from rm" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from rm" -s f -l force -d 'Remove an image by ID although several repositories name it'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from rm" -l no-prune -d 'Accepted for docker\'s sake: there are no untagged parents here'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from rm" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from remove" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from remove" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from remove" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from remove" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from remove" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from remove" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from remove" -s f -l force -d 'Remove an image by ID although several repositories name it'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from remove" -l no-prune -d 'Accepted for docker\'s sake: there are no untagged parents here'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from remove" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from tag" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from tag" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from tag" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from tag" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from tag" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from tag" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from tag" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from tag" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from inspect" -s f -l format -d 'json, or a template such as {{.Config.Env}} (see `man`)' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from inspect" -l platform -d 'The image for this platform' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from inspect" -l ca-file -d 'Trust the authorities in this PEM file too' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from inspect" -l cert-file -d 'Client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from inspect" -l key-file -d 'Key of the client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from inspect" -l creds -d 'Credentials for this command only' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from inspect" -l retries -d 'How often to try again [default: 5]' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from inspect" -l connect-timeout -d 'The longest wait for a connection [default: 10s]' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from inspect" -l stall-timeout -d 'The longest wait for the next byte [default: 30s]' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from inspect" -l limit-rate -d 'The most bytes a second in all, such as 5M' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from inspect" -s j -l parallel -d 'How many transfers at once [default: 16]' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from inspect" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from inspect" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from inspect" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from inspect" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from inspect" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from inspect" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from inspect" -l remote -d 'The image on its registry, without pulling it'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from inspect" -l plain-http -d 'Talk plain HTTP'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from inspect" -l insecure -d 'Do not verify certificates; talk plain HTTP to who does not speak TLS'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from inspect" -l anonymous -d 'Use no stored credentials'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from inspect" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from inspect" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from save" -s o -l output -d 'The file to write; `-` is standard output, as without this' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from save" -l format -d 'oci: a layout only; docker: docker\'s older archive, with layers as they were before compression' -r -f -a "oci\t'An OCI layout'
docker\t'Docker\'s older archive'"
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from save" -l platform -d 'Save only the image for this platform' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from save" -l since -d 'Leave out blobs that are in this tar, or whose digests this text file lists' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from save" -l recompress -d 'gzip: save layers that are zstd as gzip, for docker before 23.0; this changes digests, image IDs stay' -r -f -a "gzip\t'What every reader knows'"
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from save" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from save" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from save" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from save" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from save" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from save" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from save" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from save" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from load" -s i -l input -d 'The file to read; `-` is standard input, as without this' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from load" -l name -d 'The name for an image that has none in the tar' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from load" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from load" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from load" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from load" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from load" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from load" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from load" -s f -l force -d 'Move names that mean other images here'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from load" -s q -l quiet -d 'Print only the names of what was loaded'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from load" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from load" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from prune" -l filter -d 'Only what is older: until=24h' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from prune" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from prune" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from prune" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from prune" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from prune" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from prune" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from prune" -s a -l all -d 'Take parts of blobs of any age'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from prune" -s f -s y -l force -l yes -d 'Ask nothing'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from prune" -l dry-run -d 'Only say what would go'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from prune" -l json -d 'One JSON object'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from prune" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from prune" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from history" -l format -d 'table, json, or a template such as {{.CreatedBy}} (see `man`)' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from history" -s H -l human -d 'Sizes and times for people; false for bytes and RFC 3339' -r -f -a "true\t''
false\t''"
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from history" -l platform -d 'The image for this platform' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from history" -l ca-file -d 'Trust the authorities in this PEM file too' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from history" -l cert-file -d 'Client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from history" -l key-file -d 'Key of the client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from history" -l creds -d 'Credentials for this command only' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from history" -l retries -d 'How often to try again [default: 5]' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from history" -l connect-timeout -d 'The longest wait for a connection [default: 10s]' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from history" -l stall-timeout -d 'The longest wait for the next byte [default: 30s]' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from history" -l limit-rate -d 'The most bytes a second in all, such as 5M' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from history" -s j -l parallel -d 'How many transfers at once [default: 16]' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from history" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from history" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from history" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from history" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from history" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from history" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from history" -l no-trunc -d 'Do not shorten IDs and steps'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from history" -s q -l quiet -d 'Print only IDs'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from history" -l remote -d 'The image on its registry, without pulling it'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from history" -l plain-http -d 'Talk plain HTTP'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from history" -l insecure -d 'Do not verify certificates; talk plain HTTP to who does not speak TLS'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from history" -l anonymous -d 'Use no stored credentials'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from history" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from history" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from help" -f -a "pull" -d 'Pull images from a registry into the local store'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from help" -f -a "push" -d 'Push images from the local store to a registry'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from help" -f -a "ls" -d 'List the images in the local store'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from help" -f -a "rm" -d 'Remove images from the local store'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from help" -f -a "tag" -d 'Give a local image another name'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from help" -f -a "inspect" -d 'Show everything about images, as JSON'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from help" -f -a "save" -d 'Save local images to a tar'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from help" -f -a "load" -d 'Load images from a tar'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from help" -f -a "prune" -d 'Remove what no image of the local store uses'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from help" -f -a "history" -d 'Show how an image was made'
complete -c rg -n "__fish_rg_using_subcommand image; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c rg -n "__fish_rg_using_subcommand system; and not __fish_seen_subcommand_from df prune help" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand system; and not __fish_seen_subcommand_from df prune help" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand system; and not __fish_seen_subcommand_from df prune help" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand system; and not __fish_seen_subcommand_from df prune help" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand system; and not __fish_seen_subcommand_from df prune help" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand system; and not __fish_seen_subcommand_from df prune help" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand system; and not __fish_seen_subcommand_from df prune help" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand system; and not __fish_seen_subcommand_from df prune help" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand system; and not __fish_seen_subcommand_from df prune help" -f -a "df" -d 'Show how much disk the images take'
complete -c rg -n "__fish_rg_using_subcommand system; and not __fish_seen_subcommand_from df prune help" -f -a "prune" -d 'Remove what no image of the local store uses'
complete -c rg -n "__fish_rg_using_subcommand system; and not __fish_seen_subcommand_from df prune help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c rg -n "__fish_rg_using_subcommand system; and __fish_seen_subcommand_from df" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand system; and __fish_seen_subcommand_from df" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand system; and __fish_seen_subcommand_from df" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand system; and __fish_seen_subcommand_from df" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand system; and __fish_seen_subcommand_from df" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand system; and __fish_seen_subcommand_from df" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand system; and __fish_seen_subcommand_from df" -l json -d 'One JSON object an image, and one about all'
complete -c rg -n "__fish_rg_using_subcommand system; and __fish_seen_subcommand_from df" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand system; and __fish_seen_subcommand_from df" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand system; and __fish_seen_subcommand_from prune" -l filter -d 'Only what is older: until=24h' -r
complete -c rg -n "__fish_rg_using_subcommand system; and __fish_seen_subcommand_from prune" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand system; and __fish_seen_subcommand_from prune" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand system; and __fish_seen_subcommand_from prune" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand system; and __fish_seen_subcommand_from prune" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand system; and __fish_seen_subcommand_from prune" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand system; and __fish_seen_subcommand_from prune" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand system; and __fish_seen_subcommand_from prune" -s a -l all -d 'Take parts of blobs of any age'
complete -c rg -n "__fish_rg_using_subcommand system; and __fish_seen_subcommand_from prune" -s f -s y -l force -l yes -d 'Ask nothing'
complete -c rg -n "__fish_rg_using_subcommand system; and __fish_seen_subcommand_from prune" -l dry-run -d 'Only say what would go'
complete -c rg -n "__fish_rg_using_subcommand system; and __fish_seen_subcommand_from prune" -l json -d 'One JSON object'
complete -c rg -n "__fish_rg_using_subcommand system; and __fish_seen_subcommand_from prune" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand system; and __fish_seen_subcommand_from prune" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand system; and __fish_seen_subcommand_from help" -f -a "df" -d 'Show how much disk the images take'
complete -c rg -n "__fish_rg_using_subcommand system; and __fish_seen_subcommand_from help" -f -a "prune" -d 'Remove what no image of the local store uses'
complete -c rg -n "__fish_rg_using_subcommand system; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c rg -n "__fish_rg_using_subcommand completion" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand completion" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand completion" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand completion" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand completion" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand completion" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand completion" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand completion" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand man" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand man" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand man" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand man" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand man" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand man" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand man" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand man" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand version" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand version" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand version" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand version" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand version" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand version" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand version" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand version" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand login" -s u -l username -d 'User name' -r
complete -c rg -n "__fish_rg_using_subcommand login" -s p -l password -d 'Password or token; visible to other users of this machine, `-` reads it from standard input' -r
complete -c rg -n "__fish_rg_using_subcommand login" -l format -d 'With --list: table, json, or a template such as {{.Registry}} (see `man`)' -r
complete -c rg -n "__fish_rg_using_subcommand login" -l ca-file -d 'Trust the authorities in this PEM file too' -r -F
complete -c rg -n "__fish_rg_using_subcommand login" -l cert-file -d 'Client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand login" -l key-file -d 'Key of the client certificate, PEM' -r -F
complete -c rg -n "__fish_rg_using_subcommand login" -l retries -d 'How often to try again [default: 5]' -r
complete -c rg -n "__fish_rg_using_subcommand login" -l connect-timeout -d 'The longest wait for a connection [default: 10s]' -r
complete -c rg -n "__fish_rg_using_subcommand login" -l stall-timeout -d 'The longest wait for the next byte [default: 30s]' -r
complete -c rg -n "__fish_rg_using_subcommand login" -l limit-rate -d 'The most bytes a second in all, such as 5M' -r
complete -c rg -n "__fish_rg_using_subcommand login" -s j -l parallel -d 'How many transfers at once [default: 16]' -r
complete -c rg -n "__fish_rg_using_subcommand login" -l creds -d 'Credentials for this command only' -r
complete -c rg -n "__fish_rg_using_subcommand login" -l store -d 'The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]' -r -F
complete -c rg -n "__fish_rg_using_subcommand login" -l config -d 'Docker\'s client folder, which holds config.json [env: DOCKER_CONFIG]' -r -F
complete -c rg -n "__fish_rg_using_subcommand login" -l settings -d 'The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]' -r -F
complete -c rg -n "__fish_rg_using_subcommand login" -l progress -d 'How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bars\t'One bar a layer and a total'
lines\t'Docker\'s words, one line a step'
json\t'One JSON object a step'
none\t'Warnings only'"
complete -c rg -n "__fish_rg_using_subcommand login" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c rg -n "__fish_rg_using_subcommand login" -l log-level -d 'How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]' -r
complete -c rg -n "__fish_rg_using_subcommand login" -l password-stdin -d 'Read the password or token from standard input'
complete -c rg -n "__fish_rg_using_subcommand login" -l list -d 'List the registries with a login instead, where each is kept, and whether it is used'
complete -c rg -n "__fish_rg_using_subcommand login" -l json -d 'The same as --format json'
complete -c rg -n "__fish_rg_using_subcommand login" -l plain-http -d 'Talk plain HTTP'
complete -c rg -n "__fish_rg_using_subcommand login" -l insecure -d 'Do not verify certificates; talk plain HTTP to who does not speak TLS'
complete -c rg -n "__fish_rg_using_subcommand login" -l anonymous -d 'Use no stored credentials'
complete -c rg -n "__fish_rg_using_subcommand login" -s D -l debug -d 'Say what is done, on standard error'
complete -c rg -n "__fish_rg_using_subcommand login" -s h -l help -d 'Print help'
complete -c rg -n "__fish_rg_using_subcommand help; and not __fish_seen_subcommand_from logout credential pull push images copy tag rmi save load unpack search catalog tags inspect manifest digest history referrers delete expire prune du fsck serve doctor config image system completion man version login help" -f -a "logout" -d 'Log out from a registry'
complete -c rg -n "__fish_rg_using_subcommand help; and not __fish_seen_subcommand_from logout credential pull push images copy tag rmi save load unpack search catalog tags inspect manifest digest history referrers delete expire prune du fsck serve doctor config image system completion man version login help" -f -a "credential" -d 'Keep logins of docker and others in the keyring'
complete -c rg -n "__fish_rg_using_subcommand help; and not __fish_seen_subcommand_from logout credential pull push images copy tag rmi save load unpack search catalog tags inspect manifest digest history referrers delete expire prune du fsck serve doctor config image system completion man version login help" -f -a "pull" -d 'Pull images from a registry into the local store'
complete -c rg -n "__fish_rg_using_subcommand help; and not __fish_seen_subcommand_from logout credential pull push images copy tag rmi save load unpack search catalog tags inspect manifest digest history referrers delete expire prune du fsck serve doctor config image system completion man version login help" -f -a "push" -d 'Push images from the local store to a registry'
complete -c rg -n "__fish_rg_using_subcommand help; and not __fish_seen_subcommand_from logout credential pull push images copy tag rmi save load unpack search catalog tags inspect manifest digest history referrers delete expire prune du fsck serve doctor config image system completion man version login help" -f -a "images" -d 'List the images in the local store'
complete -c rg -n "__fish_rg_using_subcommand help; and not __fish_seen_subcommand_from logout credential pull push images copy tag rmi save load unpack search catalog tags inspect manifest digest history referrers delete expire prune du fsck serve doctor config image system completion man version login help" -f -a "copy" -d 'Copy images between registries, the local store, layouts, archives and docker\'s daemon'
complete -c rg -n "__fish_rg_using_subcommand help; and not __fish_seen_subcommand_from logout credential pull push images copy tag rmi save load unpack search catalog tags inspect manifest digest history referrers delete expire prune du fsck serve doctor config image system completion man version login help" -f -a "tag" -d 'Give a local image another name'
complete -c rg -n "__fish_rg_using_subcommand help; and not __fish_seen_subcommand_from logout credential pull push images copy tag rmi save load unpack search catalog tags inspect manifest digest history referrers delete expire prune du fsck serve doctor config image system completion man version login help" -f -a "rmi" -d 'Remove images from the local store'
complete -c rg -n "__fish_rg_using_subcommand help; and not __fish_seen_subcommand_from logout credential pull push images copy tag rmi save load unpack search catalog tags inspect manifest digest history referrers delete expire prune du fsck serve doctor config image system completion man version login help" -f -a "save" -d 'Save local images to a tar'
complete -c rg -n "__fish_rg_using_subcommand help; and not __fish_seen_subcommand_from logout credential pull push images copy tag rmi save load unpack search catalog tags inspect manifest digest history referrers delete expire prune du fsck serve doctor config image system completion man version login help" -f -a "load" -d 'Load images from a tar'
complete -c rg -n "__fish_rg_using_subcommand help; and not __fish_seen_subcommand_from logout credential pull push images copy tag rmi save load unpack search catalog tags inspect manifest digest history referrers delete expire prune du fsck serve doctor config image system completion man version login help" -f -a "unpack" -d 'Unpack the files of a local image into a folder, or into one tar'
complete -c rg -n "__fish_rg_using_subcommand help; and not __fish_seen_subcommand_from logout credential pull push images copy tag rmi save load unpack search catalog tags inspect manifest digest history referrers delete expire prune du fsck serve doctor config image system completion man version login help" -f -a "search" -d 'Search Docker Hub or a registry for repositories'
complete -c rg -n "__fish_rg_using_subcommand help; and not __fish_seen_subcommand_from logout credential pull push images copy tag rmi save load unpack search catalog tags inspect manifest digest history referrers delete expire prune du fsck serve doctor config image system completion man version login help" -f -a "catalog" -d 'List the repositories of a registry'
complete -c rg -n "__fish_rg_using_subcommand help; and not __fish_seen_subcommand_from logout credential pull push images copy tag rmi save load unpack search catalog tags inspect manifest digest history referrers delete expire prune du fsck serve doctor config image system completion man version login help" -f -a "tags" -d 'List the tags of a repository on its registry'
complete -c rg -n "__fish_rg_using_subcommand help; and not __fish_seen_subcommand_from logout credential pull push images copy tag rmi save load unpack search catalog tags inspect manifest digest history referrers delete expire prune du fsck serve doctor config image system completion man version login help" -f -a "inspect" -d 'Show everything about images, as JSON'
complete -c rg -n "__fish_rg_using_subcommand help; and not __fish_seen_subcommand_from logout credential pull push images copy tag rmi save load unpack search catalog tags inspect manifest digest history referrers delete expire prune du fsck serve doctor config image system completion man version login help" -f -a "manifest" -d 'Print a manifest'
complete -c rg -n "__fish_rg_using_subcommand help; and not __fish_seen_subcommand_from logout credential pull push images copy tag rmi save load unpack search catalog tags inspect manifest digest history referrers delete expire prune du fsck serve doctor config image system completion man version login help" -f -a "digest" -d 'Print the digest a name points at'
complete -c rg -n "__fish_rg_using_subcommand help; and not __fish_seen_subcommand_from logout credential pull push images copy tag rmi save load unpack search catalog tags inspect manifest digest history referrers delete expire prune du fsck serve doctor config image system completion man version login help" -f -a "history" -d 'Show how an image was made'
complete -c rg -n "__fish_rg_using_subcommand help; and not __fish_seen_subcommand_from logout credential pull push images copy tag rmi save load unpack search catalog tags inspect manifest digest history referrers delete expire prune du fsck serve doctor config image system completion man version login help" -f -a "referrers" -d 'List what is attached to an image: signatures, SBOMs, attestations'
complete -c rg -n "__fish_rg_using_subcommand help; and not __fish_seen_subcommand_from logout credential pull push images copy tag rmi save load unpack search catalog tags inspect manifest digest history referrers delete expire prune du fsck serve doctor config image system completion man version login help" -f -a "delete" -d 'Delete tags or images on their registry'
complete -c rg -n "__fish_rg_using_subcommand help; and not __fish_seen_subcommand_from logout credential pull push images copy tag rmi save load unpack search catalog tags inspect manifest digest history referrers delete expire prune du fsck serve doctor config image system completion man version login help" -f -a "expire" -d 'Delete old tags of a repository on its registry'
complete -c rg -n "__fish_rg_using_subcommand help; and not __fish_seen_subcommand_from logout credential pull push images copy tag rmi save load unpack search catalog tags inspect manifest digest history referrers delete expire prune du fsck serve doctor config image system completion man version login help" -f -a "prune" -d 'Remove what no image of the local store uses'
complete -c rg -n "__fish_rg_using_subcommand help; and not __fish_seen_subcommand_from logout credential pull push images copy tag rmi save load unpack search catalog tags inspect manifest digest history referrers delete expire prune du fsck serve doctor config image system completion man version login help" -f -a "du" -d 'Show how much disk the images take'
complete -c rg -n "__fish_rg_using_subcommand help; and not __fish_seen_subcommand_from logout credential pull push images copy tag rmi save load unpack search catalog tags inspect manifest digest history referrers delete expire prune du fsck serve doctor config image system completion man version login help" -f -a "fsck" -d 'Check every byte of the local store'
complete -c rg -n "__fish_rg_using_subcommand help; and not __fish_seen_subcommand_from logout credential pull push images copy tag rmi save load unpack search catalog tags inspect manifest digest history referrers delete expire prune du fsck serve doctor config image system completion man version login help" -f -a "serve" -d 'Serve the local store as a registry'
complete -c rg -n "__fish_rg_using_subcommand help; and not __fish_seen_subcommand_from logout credential pull push images copy tag rmi save load unpack search catalog tags inspect manifest digest history referrers delete expire prune du fsck serve doctor config image system completion man version login help" -f -a "doctor" -d 'Check that everything works here'
complete -c rg -n "__fish_rg_using_subcommand help; and not __fish_seen_subcommand_from logout credential pull push images copy tag rmi save load unpack search catalog tags inspect manifest digest history referrers delete expire prune du fsck serve doctor config image system completion man version login help" -f -a "config" -d 'Show the settings that hold, and where each comes from'
complete -c rg -n "__fish_rg_using_subcommand help; and not __fish_seen_subcommand_from logout credential pull push images copy tag rmi save load unpack search catalog tags inspect manifest digest history referrers delete expire prune du fsck serve doctor config image system completion man version login help" -f -a "image" -d 'Docker\'s longer spellings: image pull, image ls, image rm and so on'
complete -c rg -n "__fish_rg_using_subcommand help; and not __fish_seen_subcommand_from logout credential pull push images copy tag rmi save load unpack search catalog tags inspect manifest digest history referrers delete expire prune du fsck serve doctor config image system completion man version login help" -f -a "system" -d 'Docker\'s spellings of du and prune'
complete -c rg -n "__fish_rg_using_subcommand help; and not __fish_seen_subcommand_from logout credential pull push images copy tag rmi save load unpack search catalog tags inspect manifest digest history referrers delete expire prune du fsck serve doctor config image system completion man version login help" -f -a "completion" -d 'Print the completion script of a shell'
complete -c rg -n "__fish_rg_using_subcommand help; and not __fish_seen_subcommand_from logout credential pull push images copy tag rmi save load unpack search catalog tags inspect manifest digest history referrers delete expire prune du fsck serve doctor config image system completion man version login help" -f -a "man" -d 'Print a manual page'
complete -c rg -n "__fish_rg_using_subcommand help; and not __fish_seen_subcommand_from logout credential pull push images copy tag rmi save load unpack search catalog tags inspect manifest digest history referrers delete expire prune du fsck serve doctor config image system completion man version login help" -f -a "version" -d 'Show the version'
complete -c rg -n "__fish_rg_using_subcommand help; and not __fish_seen_subcommand_from logout credential pull push images copy tag rmi save load unpack search catalog tags inspect manifest digest history referrers delete expire prune du fsck serve doctor config image system completion man version login help" -f -a "login" -d 'Log in to a registry and store the credentials'
complete -c rg -n "__fish_rg_using_subcommand help; and not __fish_seen_subcommand_from logout credential pull push images copy tag rmi save load unpack search catalog tags inspect manifest digest history referrers delete expire prune du fsck serve doctor config image system completion man version login help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c rg -n "__fish_rg_using_subcommand help; and __fish_seen_subcommand_from credential" -f -a "get" -d 'Print the login of a server as JSON, its secret included'
complete -c rg -n "__fish_rg_using_subcommand help; and __fish_seen_subcommand_from credential" -f -a "store" -d 'Store a login: {"ServerURL": "...", "Username": "...", "Secret": "..."}'
complete -c rg -n "__fish_rg_using_subcommand help; and __fish_seen_subcommand_from credential" -f -a "erase" -d 'Forget the login of a server'
complete -c rg -n "__fish_rg_using_subcommand help; and __fish_seen_subcommand_from credential" -f -a "list" -d 'List servers and user names as JSON'
complete -c rg -n "__fish_rg_using_subcommand help; and __fish_seen_subcommand_from credential" -f -a "version" -d 'Print name and version'
complete -c rg -n "__fish_rg_using_subcommand help; and __fish_seen_subcommand_from credential" -f -a "install" -d 'Make this program docker\'s helper `rg`'
complete -c rg -n "__fish_rg_using_subcommand help; and __fish_seen_subcommand_from manifest" -f -a "inspect" -d 'Print a manifest over several lines, as docker does'
complete -c rg -n "__fish_rg_using_subcommand help; and __fish_seen_subcommand_from image" -f -a "pull" -d 'Pull images from a registry into the local store'
complete -c rg -n "__fish_rg_using_subcommand help; and __fish_seen_subcommand_from image" -f -a "push" -d 'Push images from the local store to a registry'
complete -c rg -n "__fish_rg_using_subcommand help; and __fish_seen_subcommand_from image" -f -a "ls" -d 'List the images in the local store'
complete -c rg -n "__fish_rg_using_subcommand help; and __fish_seen_subcommand_from image" -f -a "rm" -d 'Remove images from the local store'
complete -c rg -n "__fish_rg_using_subcommand help; and __fish_seen_subcommand_from image" -f -a "tag" -d 'Give a local image another name'
complete -c rg -n "__fish_rg_using_subcommand help; and __fish_seen_subcommand_from image" -f -a "inspect" -d 'Show everything about images, as JSON'
complete -c rg -n "__fish_rg_using_subcommand help; and __fish_seen_subcommand_from image" -f -a "save" -d 'Save local images to a tar'
complete -c rg -n "__fish_rg_using_subcommand help; and __fish_seen_subcommand_from image" -f -a "load" -d 'Load images from a tar'
complete -c rg -n "__fish_rg_using_subcommand help; and __fish_seen_subcommand_from image" -f -a "prune" -d 'Remove what no image of the local store uses'
complete -c rg -n "__fish_rg_using_subcommand help; and __fish_seen_subcommand_from image" -f -a "history" -d 'Show how an image was made'
complete -c rg -n "__fish_rg_using_subcommand help; and __fish_seen_subcommand_from system" -f -a "df" -d 'Show how much disk the images take'
complete -c rg -n "__fish_rg_using_subcommand help; and __fish_seen_subcommand_from system" -f -a "prune" -d 'Remove what no image of the local store uses'
