#compdef cargo-svrkit
# Completion of `cargo svrkit` and `cargo-svrkit` in zsh: source <(cargo-svrkit completions zsh)

# cargo's own completion calls this for its subcommand `svrkit`, with the words from there.
_cargo-svrkit() {
    local line value
    local -a ended more
    for line in "${(@f)$(cargo-svrkit complete zsh -- "${(@Q)words[1,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}"; do
        value=${line%%$'\t'*}
        [[ -n $value ]] || continue
        line=${value//:/\\:}:${line#*$'\t'}
        if [[ $value == *[/=.:@] ]]; then
            more+=("$line")
        else
            ended+=("$line")
        fi
    done
    _describe 'cargo svrkit' ended -- more -S ''
}

# Where cargo has no completion of its own.
_cargo-with-svrkit-alone() {
    if (( CURRENT > 2 )) && [[ $words[2] == svrkit ]]; then
        shift words
        (( CURRENT -= 1 ))
        _cargo-svrkit
    else
        _default
    fi
}

compdef _cargo-svrkit cargo-svrkit
(( $+_comps[cargo] )) || compdef _cargo-with-svrkit-alone cargo
