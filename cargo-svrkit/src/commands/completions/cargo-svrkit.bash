# Completion of `cargo svrkit` and `cargo-svrkit` in bash: source <(cargo-svrkit completions bash)

_cargo_svrkit() {
    local line
    COMPREPLY=()
    # What is given and finds nothing is no file either.
    compopt +o default +o bashdefault 2>/dev/null
    if [[ ${COMP_WORDS[COMP_CWORD - 1]} == *[\<\>] ]]; then
        compopt -o default 2>/dev/null
        return
    fi
    while IFS= read -r line; do
        COMPREPLY+=("$line")
    done < <(cargo-svrkit complete bash -- "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
    # More is to follow these.
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[/=.:@] ]]; then
        compopt -o nospace 2>/dev/null
    fi
}

# Which word cargo calls a subcommand; what stands before it are a toolchain and options without values.
_cargo_runs_svrkit() {
    local at=1
    while [[ ${COMP_WORDS[at]} == [-+]* ]]; do at=$((at + 1)); done
    [[ $at -lt $COMP_CWORD && ${COMP_WORDS[at]} == svrkit ]]
}

_cargo_with_svrkit() {
    if _cargo_runs_svrkit; then
        _cargo_svrkit
    elif [[ -n $_cargo_without_svrkit ]]; then
        "$_cargo_without_svrkit" "$@"
    fi
}

complete -F _cargo_svrkit cargo-svrkit

# cargo's own completion goes on to complete the rest of cargo: it may be one that bash-completion loads when it is first wanted.
complete -p cargo >/dev/null 2>&1 || { type _comp_load && _comp_load cargo || _completion_loader cargo; } >/dev/null 2>&1
_cargo_svrkit_spec=$(complete -p cargo 2>/dev/null)
if [[ $_cargo_svrkit_spec != *" -F _cargo_with_svrkit "* ]]; then
    if [[ $_cargo_svrkit_spec =~ \ -F\ ([^ ]+)\  ]]; then
        _cargo_without_svrkit=${BASH_REMATCH[1]}
        eval "${_cargo_svrkit_spec/ -F $_cargo_without_svrkit / -F _cargo_with_svrkit }"
    else
        _cargo_without_svrkit=
        complete -o bashdefault -o default -F _cargo_with_svrkit cargo
    fi
fi
unset _cargo_svrkit_spec
