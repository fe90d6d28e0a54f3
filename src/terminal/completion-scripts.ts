/**
 * What `completion <shell>` prints: a static function that hands the words to `agent-trace __complete <shell> <index>`
 * and offers the lines that come back. No answer is ever evaluated, whatever a remote or a file is called.
 */
export const shells = ["bash", "zsh", "fish", "powershell"] as const;
export type Shell = (typeof shells)[number];

// Bash cuts words at `=` and `:`. The script joins them again, and cuts off the answers what bash has already.
const bash = `# bash completion for agent-trace
_agent_trace() {
  local words=() word glue= line kind= i
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ ($word == [=:]* || $glue) && \${#words[@]} -gt 0 && $COMP_LINE == *"\${words[\${#words[@]} - 1]}$word"* ]]; then
      words[\${#words[@]}-1]+=$word
    else
      words+=("$word")
    fi
    glue=
    [[ $word == *[=:] ]] && glue=1
  done
  local last=$((\${#words[@]} - 1))
  for ((i = 0; i <= last; i++)); do
    word=\${words[i]}
    word=\${word#[\\"\\']}
    word=\${word%[\\"\\']}
    words[i]=\${word//\\\\/}
  done
  local done=
  case \${words[last]} in
    *=*) [[ $COMP_WORDBREAKS == *=* ]] && done=\${words[last]%"\${words[last]##*=}"} ;;
    *:*) [[ $COMP_WORDBREAKS == *:* ]] && done=\${words[last]%"\${words[last]##*:}"} ;;
  esac
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ -z $kind ]]; then
      kind=$line
      continue
    fi
    [[ $line == */ || $line == *= ]] && compopt -o nospace 2>/dev/null
    line=\${line#"$done"}
    # Paths are quoted by readline itself.
    [[ $kind == paths ]] || printf -v line %q "$line"
    COMPREPLY+=("$line")
  done < <(command agent-trace __complete bash "$last" -- "\${words[@]}" 2>/dev/null)
  [[ $kind == paths ]] && compopt -o filenames 2>/dev/null
  return 0
}
complete -F _agent_trace agent-trace
`;

const zsh = `#compdef agent-trace
# zsh completion for agent-trace
_agent_trace() {
  local -a values shown open_values open_shown
  local line value
  for line in "\${(@f)$(command agent-trace __complete zsh $((CURRENT - 2)) -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    value=\${line%%$'\\t'*}
    [[ -z $value ]] && continue
    [[ $line == *$'\\t'* ]] && line="$value  -- \${line#*$'\\t'}"
    if [[ $value == */ || $value == *= ]]; then
      open_values+=("$value")
      open_shown+=("$line")
    else
      values+=("$value")
      shown+=("$line")
    fi
  done
  (( $#values )) && compadd -l -d shown -a values
  (( $#open_values )) && compadd -l -S '' -d open_shown -a open_values
  return 0
}
if [[ \${funcstack[1]} == _agent-trace ]]; then
  _agent_trace "$@"
elif (( $+functions[compdef] )); then
  compdef _agent_trace agent-trace
else
  autoload -Uz compinit && compinit && compdef _agent_trace agent-trace
fi
`;

const fish = `# fish completion for agent-trace
function __agent_trace_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l plain (string unescape -- $current); and set current $plain
    command agent-trace __complete fish (math (count $words) - 1) -- $words[2..-1] $current 2>/dev/null
end
complete -c agent-trace -f -a '(__agent_trace_complete)'
`;

// Windows PowerShell drops empty arguments; the index says where the cursor is, so a missing word is the empty one.
const powershell = `# PowerShell completion for agent-trace
Register-ArgumentCompleter -Native -CommandName agent-trace -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements |
    Select-Object -Skip 1 |
    Where-Object { $_.Extent.EndOffset -lt $cursorPosition -or ($_.Extent.EndOffset -eq $cursorPosition -and $wordToComplete -eq '') } |
    ForEach-Object { if ($null -ne $_.Value) { "$($_.Value)" } else { $_.Extent.Text } })
  $index = $words.Count
  if ($wordToComplete -ne '') { $words += $wordToComplete }
  agent-trace __complete powershell $index -- @words 2>$null | ForEach-Object {
    $value, $meaning = $_ -split "\`t", 2
    if (-not $meaning) { $meaning = $value }
    $text = if ($value -match "[\\s'\`"\`$;&|(){}]") { "'" + ($value -replace "'", "''") + "'" } else { $value }
    [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $meaning)
  }
}
`;

export const completionScripts: Readonly<Record<Shell, string>> = { bash, zsh, fish, powershell };
