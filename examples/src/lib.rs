//! What the example programs share: their arguments, and images to choose from.

use netdsl::data::{Dataset, MNIST, Mnist, digits};
use std::error::Error;
use std::path::PathBuf;

/// What was written behind the name of a program: `--data DIR` and flags of its own.
pub struct Arguments {
    /// The folder of the data.
    pub data: PathBuf,
    flags: Vec<String>,
}

impl Arguments {
    /// Reads the arguments of a program that needs a folder of data. `what` says what is to be in it.
    ///
    /// # Errors
    /// If there is no `--data DIR`, or an argument that the program does not know.
    pub fn read(what: &str, known_flags: &[&str]) -> Result<Self, Box<dyn Error>> {
        let (mut data, mut flags) = (None, Vec::new());
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--data" => data = arguments.next().map(PathBuf::from),
                flag if known_flags.contains(&flag) => flags.push(argument),
                other => return Err(format!("`{other}` is not an argument of this program").into()),
            }
        }
        let data = data
            .ok_or_else(|| format!("say where the data are: `--data DIR`, a folder with {what}"))?;
        Ok(Self { data, flags })
    }

    /// Whether a flag was written.
    pub fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|own| own == flag)
    }
}

/// For a program that takes no arguments.
///
/// # Errors
/// If there are some.
pub fn no_arguments() -> Result<(), Box<dyn Error>> {
    match std::env::args().nth(1) {
        None => Ok(()),
        Some(argument) => Err(format!(
            "`{argument}` is not an argument of this program, which takes none: what it needs comes with it"
        )
        .into()),
    }
}

/// Prints a result in words, and fails where it is not what the program's header states.
///
/// # Errors
/// If it was not reached.
pub fn state(result: &str, reached: bool, stated: &str) -> Result<(), Box<dyn Error>> {
    println!("\n{result}; stated: {stated}");
    match reached {
        true => Ok(()),
        false => Err(format!("the result that is stated was not reached: {stated}").into()),
    }
}

/// Images with their classes.
pub struct Images {
    /// Those to train on.
    pub train: Dataset<f32>,
    /// Those held out.
    pub test: Dataset<f32>,
    /// The result that the program states for these images.
    pub stated: f64,
}

/// The digits that come with the library, or those of MNIST in the folder behind `--data`, each with the result that is
/// stated for them.
///
/// # Errors
/// If the arguments say anything else, or the folder does not hold the four files of MNIST.
pub fn digits_or_mnist([of_digits, of_mnist]: [f64; 2]) -> Result<Images, Box<dyn Error>> {
    if std::env::args().len() < 2 {
        let (train, test) = digits::<f32>().split(0.8, 7)?;
        return Ok(Images {
            train,
            test,
            stated: of_digits,
        });
    }
    let arguments = Arguments::read("the four files of MNIST", &[])?;
    let Mnist { train, test } = Mnist::<f32>::load(&arguments.data, MNIST)?;
    Ok(Images {
        train,
        test,
        stated: of_mnist,
    })
}
