// tine completion: a script that teaches a shell the commands and options of this very tine.
//
// It is made from the tree of CLI11 that parses the command line, so that it cannot know less. What
// an option takes is read off its type's name, as --help shows it: words between `|` are all that it
// may be, `FILE` and its like are files, `HOST::GUEST` starts with a folder, `TRIGGER` with one of the
// triggers; anything else the shell cannot guess. Where a program's own arguments begin, tine's
// options end, and only files are offered.
#include <algorithm>
#include <map>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "commands.h"

namespace tine::cli {

namespace {

/// What a shell offers for a word.
enum class Takes : uint8_t { kFlag, kFile, kFolder, kWords, kAnything };

struct CompletedOption {
  std::vector<std::string> names;  // --json, -o
  std::string text;
  Takes takes = Takes::kFlag;
  std::string type;
  std::vector<std::string> words;  // kWords
  bool may_repeat = false;
};

struct CompletedCommand {
  std::string name;
  std::string text;
  bool ends_at_program = false;  // what follows the first other argument is the guest's
  std::vector<CompletedOption> options;
  std::vector<std::string> words;  // of its argument, where it takes no file
};

std::vector<std::string> words_between_bars(const std::string& type) {
  std::vector<std::string> words;
  size_t begin = 0;
  for (size_t bar = 0; bar != type.npos; begin = bar + 1) {
    bar = type.find('|', begin);
    words.push_back(type.substr(begin, bar == type.npos ? bar : bar - begin));
  }
  return words;
}

std::vector<std::string> trigger_words() {
  std::vector<std::string> words;
#define TINE_TRIGGER(kind, word, argument, once, text) words.emplace_back(word);
#include "triggers.def"
  return words;
}

bool is_lower(const std::string& text) {
  return std::ranges::none_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

void read_type(CompletedOption& option, const std::string& type) {
  option.type = type;
  if (type.find('|') != type.npos && is_lower(type)) {
    option.takes = Takes::kWords;
    option.words = words_between_bars(type);
  } else if (type.starts_with("TRIGGER")) {
    option.takes = Takes::kWords;
    option.words = trigger_words();
  } else if (type == "FILE" || type == "SNAPSHOT") {
    option.takes = Takes::kFile;
  } else if (type.starts_with("HOST")) {
    option.takes = Takes::kFolder;
  } else {
    option.takes = Takes::kAnything;
  }
}

CompletedOption option_of(const CLI::Option& option) {
  CompletedOption out;
  for (const std::string& name : option.get_lnames()) out.names.push_back("--" + name);
  for (const std::string& name : option.get_snames()) out.names.push_back("-" + name);
  out.text = option.get_description();
  if (option.get_items_expected_max() > 0) read_type(out, option.get_type_name());
  out.may_repeat = option.get_expected_max() > 1;
  return out;
}

CompletedCommand command_of(const CLI::App& app) {
  CompletedCommand command{app.get_name(), app.get_description(), app.get_prefix_command(), {}, {}};
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_positional()) {
      command.options.push_back(option_of(*option));
      continue;
    }
    CompletedOption argument;
    read_type(argument, option->get_type_name());
    if (argument.takes == Takes::kWords) command.words = argument.words;
  }
  return command;
}

std::vector<CompletedCommand> commands_of(const CLI::App& app) {
  std::vector<CompletedCommand> commands;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    commands.push_back(command_of(*command));
  return commands;
}

template <class List, class Get>
std::string joined(const List& list, const std::string& between, Get get) {
  std::string text;
  for (const auto& item : list) text += (text.empty() ? "" : between) + get(item);
  return text;
}

std::string joined(const std::vector<std::string>& words, const std::string& between) {
  return joined(words, between, [](const std::string& word) { return word; });
}

// --- bash ----------------------------------------------------------------------------------------

/// How compgen is asked for what an option takes.
std::string bash_action(const CompletedOption& option) {
  switch (option.takes) {
    case Takes::kFile: return "-f";
    case Takes::kFolder: return "-d";
    case Takes::kWords: return fmt::format("-W '{}'", joined(option.words, " "));
    case Takes::kFlag:
    case Takes::kAnything: return "";
  }
  return "";
}

std::string bash_names(const CompletedCommand& command) {
  return joined(command.options, " ",
                [](const CompletedOption& option) { return joined(option.names, " "); });
}

/// One case for each thing that options take: `run:--stdin | run:--module) take='-f' ;;`.
std::string bash_options(const std::vector<CompletedCommand>& commands) {
  std::map<std::string, std::vector<std::string>> by_action;
  for (const CompletedCommand& command : commands)
    for (const CompletedOption& option : command.options)
      if (option.takes != Takes::kFlag)
        for (const std::string& name : option.names)
          by_action[bash_action(option)].push_back(command.name + ":" + name);
  std::string text;
  for (const auto& [action, names] : by_action)
    text += fmt::format("    {})\n      takes=\"{}\" ;;\n", joined(names, " | \\\n    "),
                        action.empty() ? "nothing" : action);
  return text;
}

std::string bash_commands(const std::vector<CompletedCommand>& commands) {
  std::string text;
  for (const CompletedCommand& command : commands) {
    const std::string arguments =
        command.words.empty() ? "-f" : fmt::format("-W '{}'", joined(command.words, " "));
    text += fmt::format("    {})\n      options='{}' arguments=\"{}\" ends={} ;;\n", command.name,
                        bash_names(command), arguments, command.ends_at_program ? 1 : 0);
  }
  return text;
}

constexpr std::string_view kBashScript =
    R"END(# bash completion of tine, made by `tine completion bash`. To use it:
#   source <(tine completion bash)
_tine_takes() {{  # $1: command, $2: option. Sets takes: what compgen offers, or `nothing`
  takes=
  case $1:$2 in
{options}  esac
}}
_tine() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} command= program= takes= options= arguments= ends= i word
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${{COMP_WORDS[i]}}
    if [ -z "$command" ]; then
      [[ $word == -* ]] || command=$word
    elif [[ $word == -?* && $word != -- ]]; then
      _tine_takes "$command" "$word"
      [ -n "$takes" ] && [ "${{COMP_WORDS[i + 1]}}" != = ] && ((i++))
      [ "${{COMP_WORDS[i + 1]}}" = = ] && ((i += 2))
    else
      program=$word
      break
    fi
  done
  if [ -z "$command" ]; then
    mapfile -t COMPREPLY < <(compgen -W '{commands} --help --version' -- "$cur")
    return
  fi
  case $command in
{cases}  esac
  takes=
  if [ -z "$program" ] || [ "$ends" = 0 ]; then
    local before=${{COMP_WORDS[COMP_CWORD - 1]}}
    if [ "$cur" = = ]; then
      cur=
    elif [ "$before" = = ]; then
      before=${{COMP_WORDS[COMP_CWORD - 2]}}
    fi
    [[ $before == -* ]] && _tine_takes "$command" "$before"
    [ "$takes" = nothing ] && return
    if [ -z "$takes" ] && [[ $cur == -* ]]; then takes="-W '$options'"; fi
  fi
  compopt -o filenames 2>/dev/null
  eval "mapfile -t COMPREPLY < <(compgen ${{takes:-$arguments}} -- \"\$cur\")"
}}
complete -F _tine tine
)END";

std::string bash_script(const std::vector<CompletedCommand>& commands) {
  const std::string names =
      joined(commands, " ", [](const CompletedCommand& command) { return command.name; });
  return fmt::format(kBashScript, fmt::arg("options", bash_options(commands)),
                     fmt::arg("commands", names), fmt::arg("cases", bash_commands(commands)));
}

// --- zsh -----------------------------------------------------------------------------------------

/// Text inside the single quotes and brackets of a spec of _arguments.
std::string zsh_text(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
      continue;
    }
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string zsh_action(const CompletedOption& option) {
  switch (option.takes) {
    case Takes::kFile: return "_files";
    case Takes::kFolder: return "_files -/";
    case Takes::kWords: return "(" + joined(option.words, " ") + ")";
    case Takes::kFlag:
    case Takes::kAnything: return " ";
  }
  return " ";
}

/// `'(-o --output)'{-o,--output}'[The file to write]:FILE:_files'`
std::string zsh_option(const CompletedOption& option) {
  std::string spec = "[" + zsh_text(option.text) + "]";
  if (option.takes != Takes::kFlag) spec += ":" + zsh_text(option.type) + ":" + zsh_action(option);
  const bool is_one = option.names.size() == 1;
  const std::string names = is_one ? option.names[0] : "{" + joined(option.names, ",") + "}";
  const std::string once = option.may_repeat ? "*"
                           : is_one          ? ""
                                             : "(" + joined(option.names, " ") + ")";
  if (is_one) return fmt::format("'{}{}{}'", once, names, spec);
  return fmt::format("'{}'{}'{}'", once, names, spec);
}

std::string zsh_command(const CompletedCommand& command) {
  std::string text = fmt::format("        {})\n          _arguments -s {}\\\n", command.name,
                                 command.ends_at_program ? "-A '-*' " : "");
  for (const CompletedOption& option : command.options)
    text += "            " + zsh_option(option) + " \\\n";
  const std::string action =
      command.words.empty() ? "_files" : "(" + joined(command.words, " ") + ")";
  return text + fmt::format("            '*:argument:{}' ;;\n", action);
}

constexpr std::string_view kZshScript = R"END(#compdef tine
# zsh completion of tine, made by `tine completion zsh`. To use it:
#   source <(tine completion zsh)
_tine() {{
  local state line
  typeset -A opt_args
  _arguments -C '--help[Print this help message and exit]' '--version[Display program version]' \
    '1:command:->command' '*::argument:->argument'
  case $state in
    command)
      local -a commands=(
{descriptions}      )
      _describe command commands ;;
    argument)
      case $line[1] in
{cases}      esac ;;
  esac
}}
compdef _tine tine
)END";

std::string zsh_script(const std::vector<CompletedCommand>& commands) {
  const std::string descriptions = joined(commands, "", [](const CompletedCommand& command) {
    return fmt::format("        '{}:{}'\n", command.name, zsh_text(command.text));
  });
  return fmt::format(kZshScript, fmt::arg("descriptions", descriptions),
                     fmt::arg("cases", joined(commands, "", zsh_command)));
}

}  // namespace

void add_completion(CLI::App& app, int&) {
  auto shell = std::make_shared<std::string>();
  CLI::App* command =
      app.add_subcommand("completion", "Prints a script that completes tine's command line");
  command->add_option("SHELL", *shell, "The shell to print it for")
      ->required()
      ->type_name("bash|zsh")
      ->check(CLI::IsMember({"bash", "zsh"}).description(""));
  command->footer(
      "Commands, options, what they take, and files.\n"
      "Examples:\n"
      "  source <(tine completion bash)\n"
      "  tine completion zsh > ~/.zfunc/_tine");
  command->callback([&app, shell] {
    const std::vector<CompletedCommand> commands = commands_of(app);
    fmt::print("{}", *shell == "bash" ? bash_script(commands) : zsh_script(commands));
  });
}

}  // namespace tine::cli
