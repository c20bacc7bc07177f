//! A flag for each field of the core's table, which has their names, texts and choices.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use langfuse_blob_core::generate::{AnswerKind, Answers, AnswersDraft, FIELDS, Field, Id, OutputFormat, Weight};

/// The fields set on the command line, with their values as written.
#[derive(Debug, Clone, Default)]
pub struct Fields(Vec<(Id, String)>);

impl Fields {
    /// The fields that were set, in the table's order.
    pub fn given(&self) -> &[(Id, String)] {
        &self.0
    }
}

/// The formats, by their names.
pub fn formats() -> impl TypedValueParser<Value = OutputFormat> {
    let named = OutputFormat::ALL.map(|f| PossibleValue::new(f.name()).help(f.about()));
    PossibleValuesParser::new(named).try_map(|name| OutputFormat::parse(&name))
}

fn flag(field: &'static Field) -> Arg {
    let arg = Arg::new(field.name)
        .long(field.name)
        .help_heading(field.section)
        .help(first_clause(field.help))
        .long_help(long_help(field))
        .hide_short_help(!is_main(field));
    let words = || {
        let words = field.kind.choices().into_iter();
        PossibleValuesParser::new(words.map(|(word, meaning)| PossibleValue::new(word).help(meaning)))
    };
    match field.kind {
        AnswerKind::Flag => arg.action(ArgAction::SetTrue),
        AnswerKind::Provider => arg.value_name("STORE").value_parser(words()),
        AnswerKind::Choice(_) => arg.value_name("WORD").value_parser(words()),
        AnswerKind::Several(_) => {
            arg.value_name("WORDS").value_delimiter(',').action(ArgAction::Append).value_parser(words())
        }
        AnswerKind::Url => arg.value_name("URL"),
        AnswerKind::Number(..) => arg.value_name("NUMBER"),
        AnswerKind::Secret => arg.value_name("SECRET"),
        AnswerKind::Word | AnswerKind::Label | AnswerKind::Bucket | AnswerKind::Prefix => arg.value_name("TEXT"),
    }
}

/// Whether `-h` shows the flag: it does if a form asks the question right away, for any format. `--help` shows all.
fn is_main(field: &Field) -> bool {
    let answers = Answers::new();
    let asked = |draft: &AnswersDraft<'_>| (field.applies)(draft) && (field.weight)(draft) == Weight::Main;
    OutputFormat::ALL.iter().any(|format| asked(&answers.draft(*format, &[])))
}

/// `help` up to the first `; ` or `: ` outside parentheses, so that `-h` fits one screen.
fn first_clause(help: &'static str) -> &'static str {
    let mut depth = 0_usize;
    let end = help.char_indices().find(|(at, c)| {
        match c {
            '(' => depth = depth.saturating_add(1),
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
            && matches!(c, ';' | ':')
            && help.get(at.saturating_add(1)..).is_some_and(|rest| rest.starts_with(' '))
    });
    end.and_then(|(at, _)| help.get(..at)).unwrap_or(help)
}

fn long_help(field: &Field) -> String {
    let mut help = field.help.to_owned();
    if !field.example.is_empty() {
        help = format!("{help}, such as {}", field.example);
    }
    match field.id.variable() {
        Some(variable) => format!("{help}\n\n`-` reads it from standard input. Default: the value of {variable}"),
        None => help,
    }
}

impl Args for Fields {
    fn augment_args(command: Command) -> Command {
        FIELDS.iter().fold(command, |command, field| command.arg(flag(field)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Fields {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let text = |field: &Field| match field.kind {
            AnswerKind::Flag => matches.get_flag(field.name).then(|| "true".to_owned()),
            AnswerKind::Several(_) => {
                let words: Vec<&str> = matches.get_many::<String>(field.name)?.map(String::as_str).collect();
                Some(words.join(","))
            }
            _ => matches.get_one::<String>(field.name).cloned(),
        };
        Ok(Self(FIELDS.iter().filter_map(|field| Some((field.id, text(field)?))).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
