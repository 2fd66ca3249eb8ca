# Completions of mpviz @VERSION@ for bash, made by `mpviz completions bash`. It needs bash 4.4.
#
# A row of the table: an option, a command, or the number of an argument (`--`: what stands after that);
# the values it takes; the commands that it belongs to, as patterns; what it does.

_mpviz() {
    local - table=@TABLE@
    local cur=${COMP_WORDS[COMP_CWORD]} at=. asked='' argument=1 said=' ' i word values rows
    set -f
    mapfile -t rows <<<"$table"
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ $word == = ]]; then # bash cuts `--knob=5` into three
            continue
        elif [[ $asked ]]; then
            asked=
        elif [[ $word == -- ]]; then
            _mpviz_row -- || _mpviz_row "$argument" || return
            _mpviz_program $((i + 1))
            return
        elif [[ $word == -* ]]; then
            said+="$word "
            if _mpviz_row "$word" && [[ $values ]]; then
                asked=$word
            fi
        elif _mpviz_row "$word" && [[ $values == '>' ]]; then
            [[ $at == . ]] && at=$word || at+=/$word
        elif _mpviz_row "$argument" && [[ $values == program ]]; then
            _mpviz_program "$i"
            return
        else
            ((argument++))
        fi
    done
    if [[ $asked ]]; then
        [[ $cur == = ]] && cur=
        _mpviz_row "$asked" && _mpviz_values
        return
    fi
    if [[ $cur != -* ]]; then
        _mpviz_words '>'
        _mpviz_row "$argument" && _mpviz_values
    fi
    if [[ $cur == -* || ($cur == '' && ${#COMPREPLY[@]} -eq 0) ]]; then
        _mpviz_words -
    fi
}

# Finds the row of a word where we are; sets `values`.
_mpviz_row() {
    local row
    for row in "${rows[@]}"; do
        if [[ $row == "$1|"* ]] && _mpviz_is_here "$row"; then
            values=${row#*|}
            values=${values%%|*}
            return 0
        fi
    done
    return 1
}

_mpviz_is_here() {
    local pattern patterns=${1#*|*|}
    for pattern in ${patterns%%|*}; do
        # shellcheck disable=SC2053 # it is a pattern
        [[ $at == $pattern ]] && return
    done
    return 1
}

# Offers commands (`>`), or the options that were not said (`-`).
_mpviz_words() {
    local row word
    for row in "${rows[@]}"; do
        word=${row%%|*}
        [[ $word == "$cur"* ]] || continue
        if [[ $1 == - ]]; then
            [[ $word == -?* && $word != -- && $said != *" $word "* ]] || continue
        else
            [[ $row == "$word|>|"* ]] || continue
        fi
        _mpviz_is_here "$row" && COMPREPLY+=("$word")
    done
}

_mpviz_values() {
    local ending
    case $values in
        file*)
            compopt -o filenames 2>/dev/null
            if [[ $values == file ]]; then
                mapfile -t COMPREPLY < <(compgen -f -- "$cur")
                return
            fi
            mapfile -t COMPREPLY < <(
                compgen -d -- "$cur"
                for ending in ${values#file}; do compgen -f -X "!*.$ending" -- "$cur"; done
            )
            # Where nothing has the name that it usually has, everything may be it.
            [[ ${COMPREPLY[*]} ]] || mapfile -t COMPREPLY < <(compgen -f -- "$cur")
            ;;
        program) _mpviz_program "$COMP_CWORD" ;;
        pid) mapfile -t COMPREPLY < <(compgen -W "$(set +f; cd /proc && echo [0-9]*)" -- "$cur") ;;
        any | '>' | '') ;;
        *) mapfile -t COMPREPLY < <(compgen -W "$values" -- "$cur") ;;
    esac
}

# Another program's words, from the one at `$1` on.
_mpviz_program() {
    if declare -F _command_offset >/dev/null; then
        set +f
        _command_offset "$1"
    elif ((COMP_CWORD == $1)); then
        mapfile -t COMPREPLY < <(compgen -c -- "$cur")
    else
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
    fi
}

complete -F _mpviz mpviz
