# Completions of mpviz @VERSION@ for fish, made by `mpviz completions fish`.
#
# A row of the table: an option, a command, or the number of an argument (`--`: what stands after that);
# the values it takes; the commands that it belongs to, as patterns; what it does.

function __mpviz_complete
    set -l rows (string split \n -- @TABLE@)
    set -l tokens (commandline -opc)
    set -l cur (commandline -ct)
    set -l at .
    set -l asked
    set -l said
    set -l argument 1
    set -l values
    for i in (seq 2 (count $tokens))
        set -l word $tokens[$i]
        if test -n "$asked"
            set asked
        else if test "$word" = --
            __mpviz_row -- || __mpviz_row $argument || return
            __mpviz_program $tokens[(math $i + 1)..]
            return
        else if string match -q -- '--*=*' $word
            set -a said (string replace -r -- '=.*' '' $word)
        else if string match -q -- '-*' $word
            set -a said $word
            if __mpviz_row $word && test -n "$values"
                set asked $word
            end
        else if __mpviz_row $word && test "$values" = '>'
            test $at = . && set at $word || set at $at/$word
        else if __mpviz_row $argument && test "$values" = program
            __mpviz_program $tokens[$i..]
            return
        else
            set argument (math $argument + 1)
        end
    end
    if test -n "$asked"
        __mpviz_row $asked && __mpviz_values '' $cur
        return
    end
    if set -l parts (string match -r -- '^(--[^=]+=)(.*)' $cur)
        __mpviz_row (string trim -r -c = -- $parts[2]) && __mpviz_values $parts[2] "$parts[3]"
        return
    end
    set -l found
    if not string match -q -- '-*' $cur
        set found (__mpviz_words '>'; __mpviz_row $argument && __mpviz_values '' $cur)
    end
    if string match -q -- '-*' $cur || not count $found >/dev/null
        set -a found (__mpviz_words -)
    end
    string join -- \n $found
end

# Finds the row of a word where we are; sets `values`.
function __mpviz_row -S
    for row in $rows
        if string match -q -- "$argv[1]|*" $row
            set -l cells (string split '|' -- $row)
            if test "$cells[1]" = "$argv[1]" && __mpviz_is_here $cells[3]
                set values $cells[2]
                return 0
            end
        end
    end
    return 1
end

function __mpviz_is_here -S
    for pattern in (string split ' ' -- $argv[1])
        string match -q -- $pattern $at && return 0
    end
    return 1
end

# Prints commands (`>`), or the options that were not said (`-`), each with what it does.
function __mpviz_words -S
    for row in $rows
        set -l cells (string split '|' -- $row)
        if test $argv[1] = -
            string match -q -- '-?*' $cells[1] || continue
            contains -- $cells[1] -- $said && continue
        else
            test "$cells[2]" = '>' || continue
        end
        __mpviz_is_here $cells[3] && printf '%s\t%s\n' $cells[1] $cells[4]
    end
end

# Prints the values, each after `$argv[1]`, for a beginning.
function __mpviz_values -S
    switch "$values"
        case file
            printf "$argv[1]%s\n" (__fish_complete_path $argv[2])
        case 'file *'
            set -l endings (string split ' ' -- (string replace -- 'file ' '' $values))
            set -l all (__fish_complete_path $argv[2])
            set -l some (string match -r -- '.*(?:/|\.(?:'(string join '|' -- $endings)'))(?:\t.*)?$' $all)
            # Where nothing has the name that it usually has, everything may be it.
            test -n "$some" || set some $all
            printf "$argv[1]%s\n" $some
        case program
            __mpviz_program
        case pid
            __fish_complete_pids
        case any '>' ''
            return 1
        case '*'
            printf "$argv[1]%s\n" (string split ' ' -- $values)
    end
end

# Another program's words, after those that are given.
function __mpviz_program -S
    complete --do-complete (string join ' ' -- (string escape -- $argv) $cur)
end

complete -c mpviz -e
complete -c mpviz -f -a '(__mpviz_complete)'
