#compdef mpviz
# Completions of mpviz @VERSION@ for zsh, made by `mpviz completions zsh`.
#
# A row of the table: an option, a command, or the number of an argument (`--`: what stands after that);
# the values it takes; the commands that it belongs to, as patterns; what it does.

_mpviz() {
    local table=@TABLE@
    local -a rows said found
    local at=. asked= values= word i
    local -i argument=1
    rows=("${(@f)table}")
    for ((i = 2; i < CURRENT; i++)); do
        word=${(Q)words[i]}
        if [[ -n $asked ]]; then
            asked=
        elif [[ $word == -- ]]; then
            _mpviz_row -- || _mpviz_row $argument || return 1
            _mpviz_program $((i + 1))
            return
        elif [[ $word == --*=* ]]; then
            said+=(${word%%=*})
        elif [[ $word == -* ]]; then
            said+=($word)
            if _mpviz_row $word && [[ -n $values ]]; then
                asked=$word
            fi
        elif _mpviz_row $word && [[ $values == '>' ]]; then
            [[ $at == . ]] && at=$word || at+=/$word
        elif _mpviz_row $argument && [[ $values == program ]]; then
            _mpviz_program $i
            return
        else
            ((argument++))
        fi
    done
    word=${(Q)words[CURRENT]}
    if [[ -z $asked && $word == --*=* ]]; then
        asked=${word%%=*}
        compset -P '*='
    fi
    if [[ -n $asked ]]; then
        _mpviz_row $asked && _mpviz_values $asked
        return
    fi
    local -i failed=1
    if [[ $word != -* ]]; then
        _mpviz_words '>'
        (($#found)) && _describe -t commands 'scenario or command' found && failed=0
        _mpviz_row $argument && _mpviz_values argument && failed=0
    fi
    if [[ $word == -* ]] || ((failed)); then
        _mpviz_words -
        (($#found)) && _describe -o -t options option found && failed=0
    fi
    return failed
}

# Finds the row of a word where we are; sets `values`.
_mpviz_row() {
    local row
    for row in $rows; do
        if [[ $row == "$1|"* ]] && _mpviz_is_here $row; then
            values=${row#*\|}
            values=${values%%\|*}
            return 0
        fi
    done
    return 1
}

_mpviz_is_here() {
    local pattern patterns=${1#*\|*\|}
    for pattern in ${(s: :)${patterns%%\|*}}; do
        [[ $at == ${~pattern} ]] && return
    done
    return 1
}

# Collects commands (`>`), or the options that were not said (`-`), each with what it does.
_mpviz_words() {
    local row word
    found=()
    for row in $rows; do
        word=${row%%\|*}
        if [[ $1 == - ]]; then
            [[ $word == -?* && $word != -- ]] && ((!${said[(Ie)$word]})) || continue
        else
            [[ $row == "$word|>|"* ]] || continue
        fi
        _mpviz_is_here $row && found+=("$word:${row##*\|}")
    done
}

_mpviz_values() {
    case $values in
        file) _files ;;
        file*) _files -g "*.(${(j:|:)${(s: :)${values#file}}})(-.)" ;;
        program) _mpviz_program $CURRENT ;;
        pid) _pids ;;
        any) _message "value of $1" ;;
        '>' | '') return 1 ;;
        *) local -a values=(${(s: :)values}); compadd -a values ;;
    esac
}

# Another program's words, from the one at `$1` on.
_mpviz_program() {
    shift $(($1 - 1)) words
    ((CURRENT -= $1 - 1))
    _normal
}

if [[ $funcstack[1] == _mpviz ]]; then
    _mpviz "$@"
else
    compdef _mpviz mpviz
fi
