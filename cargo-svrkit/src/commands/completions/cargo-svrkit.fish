# Completion of `cargo svrkit` and `cargo-svrkit` in fish: cargo-svrkit completions fish | source

function __cargo_svrkit_candidates
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    cargo-svrkit complete fish -- $words "$current" 2>/dev/null
end

# Which word cargo calls a subcommand; what stands before it are a toolchain and options without values.
function __cargo_runs_svrkit
    set -l words (commandline -opc)
    for word in $words[2..-1]
        string match -qr '^[-+]' -- $word; or break
        set -e words[2]
    end
    test (count $words) -ge 2; and test $words[2] = svrkit
end

complete -c cargo-svrkit -f -a '(__cargo_svrkit_candidates)'
complete -c cargo -n __cargo_runs_svrkit -f -a '(__cargo_svrkit_candidates)'
