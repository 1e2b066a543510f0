//! Whole files, broken files, and the files of the reference folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::super::write;
use super::*;

/// A folder of this test, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let path = std::env::temp_dir().join(format!("netdsl-{test}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn files(&self) -> usize {
        fs::read_dir(&self.0).unwrap().count()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A file with `header`, whatever it is, and `data` bytes.
fn with_header(header: &str, data: usize) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.bytes());
    bytes.extend(std::iter::repeat_n(0, data));
    bytes
}

#[test]
fn comes_back_as_written() {
    let folder = Folder::new("round-trip");
    let path = folder.0.join("model.safetensors");
    let metadata = BTreeMap::from([
        ("format".to_owned(), "pt".to_owned()),
        ("quote \" and\nline".to_owned(), "größe".to_owned()),
    ]);
    let tensors = [
        (
            "fc2.weight",
            Dtype::F32,
            vec![2, 3],
            vec![1.0f32, -2.5, 3.0, 0.0, 1e-30, f32::INFINITY],
        ),
        ("mask \"x\"", Dtype::BOOL, vec![3], vec![1.0, 0.0, 1.0]),
        ("fc1.weight", Dtype::F32, vec![1], vec![0.1]),
        ("steps", Dtype::I64, vec![], vec![3.0]),
        ("none", Dtype::F32, vec![0, 4], vec![]),
        ("half", Dtype::BF16, vec![1], vec![1.0]),
    ];
    let save = || {
        write(
            &path,
            tensors.iter().map(|(n, d, s, v)| (n, *d, s, v)),
            &metadata,
        )
        .unwrap()
    };
    save();
    let first = fs::read(&path).unwrap();
    save();
    assert_eq!(
        first,
        fs::read(&path).unwrap(),
        "the same input gives the same bytes"
    );
    assert_eq!(folder.files(), 1);

    let file = TensorFile::open(&path).unwrap();
    let names: Vec<&str> = file.names().collect();
    assert_eq!(
        names,
        [
            "steps",
            "fc2.weight",
            "fc1.weight",
            "none",
            "half",
            "mask \"x\""
        ]
    );
    assert_eq!(file.metadata(), &metadata);
    for (name, dtype, shape, values) in &tensors {
        let tensor = file.get(name).unwrap();
        assert_eq!((tensor.dtype, tensor.shape), (*dtype, &shape[..]));
        assert_eq!(&tensor.to_vec::<f32>().unwrap(), values);
    }
    assert!(file.get("fc3.weight").is_none());
}

#[test]
fn a_failed_write_leaves_the_old_file() {
    let folder = Folder::new("failed-write");
    let path = folder.0.join("model.safetensors");
    let none = BTreeMap::new();
    write(&path, [("a", Dtype::F64, [1], &[1.0f64])], &none).unwrap();
    let before = fs::read(&path).unwrap();

    let cases = [
        (
            ("a", Dtype::I64, vec![1], vec![0.5f64]),
            "tensor `a`",
            "holds 0.5, which I64",
        ),
        (
            ("a", Dtype::F64, vec![2, 2], vec![0.5]),
            "tensor `a`",
            "shape [2, 2], but 1 elements",
        ),
        (
            ("a", Dtype::F64, vec![usize::MAX, 2], vec![0.5]),
            "tensor `a`",
            "but 1 elements",
        ),
        (
            ("__metadata__", Dtype::F64, vec![1], vec![0.5]),
            "`__metadata__`",
            "a name of its own",
        ),
        (
            ("a", Dtype::U32, vec![1], vec![0.5]),
            "tensor `a`",
            "has type U32",
        ),
    ];
    for ((name, dtype, shape, values), subject, message) in cases {
        let error = write(&path, [(name, dtype, shape, &values)], &none)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains(subject) && error.contains(message),
            "{error}"
        );
        assert_eq!(fs::read(&path).unwrap(), before);
        assert_eq!(folder.files(), 1);
    }
    let twice = [
        ("a", Dtype::F32, [1], &[1.0f32]),
        ("a", Dtype::F32, [1], &[2.0]),
    ];
    assert!(matches!(
        write(&path, twice, &none),
        Err(TensorFileError::Name { .. })
    ));
    let nowhere = folder.0.join("no such folder").join("a");
    assert!(matches!(
        write(&nowhere, twice.into_iter().take(1), &none),
        Err(TensorFileError::Io { .. })
    ));
    assert!(matches!(
        write("", twice.into_iter().take(1), &none),
        Err(TensorFileError::Io { .. })
    ));
    assert!(matches!(
        TensorFile::open(&nowhere),
        Err(TensorFileError::Io { .. })
    ));
}

#[test]
fn broken_headers() {
    let tensor = |shape: &str, start: usize, end: usize| {
        format!("{{\"dtype\":\"F32\",\"shape\":{shape},\"data_offsets\":[{start},{end}]}}")
    };
    let fine = format!(
        "{{\"a\":{},\"b\":{}}}",
        tensor("[2]", 0, 8),
        tensor("[1]", 8, 12)
    );
    assert!(TensorFile::from_bytes(with_header(&fine, 12)).is_ok());
    assert!(
        TensorFile::from_bytes(with_header("{}", 0))
            .unwrap()
            .is_empty()
    );

    // Eight tensors that end at the last number there is.
    let large = usize::MAX / 8;
    let mut overflow: Vec<String> = (0..8)
        .map(|i| {
            format!(
                "\"{i}\":{{\"dtype\":\"U8\",\"shape\":[{large}],\"data_offsets\":[{},{}]}}",
                i * large,
                (i + 1) * large
            )
        })
        .collect();
    overflow.push(format!(
        "\"8\":{{\"dtype\":\"U8\",\"shape\":[7],\"data_offsets\":[{},{}]}}",
        8 * large,
        usize::MAX
    ));
    for header in [
        format!(
            "{{\"a\":{},\"b\":{}}}",
            tensor("[2]", 0, 8),
            tensor("[2]", 4, 12)
        ),
        format!(
            "{{\"a\":{},\"b\":{}}}",
            tensor("[1]", 0, 4),
            tensor("[1]", 8, 12)
        ),
        format!("{{\"a\":{}}}", tensor("[2]", 0, 12)),
        format!("{{\"a\":{}}}", tensor("[3]", 12, 0)),
        format!("{{\"a\":{}}}", tensor("[2]", 0, 8)),
        format!("{{\"a\":{}}}", tensor("[4]", 0, 16)),
        format!("{{\"a\":{}}}", tensor("[-3]", 0, 12)),
        format!("{{\"a\":{}}}", tensor("[4611686018427387904,4]", 0, 12)),
        format!("{{\"a\":{}}}", tensor("[4611686018427387904,3]", 0, 12)),
        format!("{{{}}}", overflow.join(",")),
        fine.replace("F32", "F33"),
        fine.replace("\"a\"", "a"),
        fine.replace('}', ""),
        format!("{fine}{fine}"),
        "[]".into(),
        "null".into(),
        String::new(),
        "[".repeat(100_000),
        "{\"__metadata__\":{\"a\":1}}".into(),
        format!(
            "{{\"a\":{},\"a\":{}}}",
            tensor("[2]", 0, 8),
            tensor("[1]", 8, 12)
        ),
        fine.replace("\"shape\":[2],", "\"shape\":[2],\"shape\":[2],"),
        fine.replace("\"shape\":[2],", "\"shape\":[2],\"strides\":[1],"),
        fine.replace("\"shape\":[2],", ""),
        fine.replace("\"dtype\":\"F32\",", ""),
        fine.replace("[0,8]", "[0,8,8]"),
        fine.replace("[0,8]", "[0.0,8]"),
        fine.replace("[0,8]", "[00,8]"),
        fine.replace("\"F32\"", "\"F6_E2M3\""),
        fine.replace('{', "{\"__metadata__\":{},\"__metadata__\":{},"),
        "{\"__metadata__\":{\"a\":\"\",\"a\":\"\"}}".into(),
        "{\"__metadata__\":null}".into(),
    ] {
        match TensorFile::from_bytes(with_header(&header, 12)) {
            Err(TensorFileError::Malformed { .. }) => {}
            other => panic!("{header:.200} gives {other:?}"),
        }
    }
    let mut long = with_header("{}", 12);
    for length in [13, 15, LONGEST_HEADER as u64 + 1, u64::MAX - 7, u64::MAX] {
        long[..8].copy_from_slice(&length.to_le_bytes());
        let error = TensorFile::from_bytes(long.clone())
            .unwrap_err()
            .to_string();
        assert!(error.contains("is not a whole safetensors file"), "{error}");
    }
}

#[test]
fn broken_bytes_never_panic() {
    let folder = Folder::new("broken-bytes");
    let path = folder.0.join("model.safetensors");
    let tensors = [
        ("fc.weight", Dtype::F32, vec![2, 2], vec![1.0f32; 4]),
        ("fc.bias", Dtype::F32, vec![2], vec![0.0; 2]),
    ];
    let metadata = BTreeMap::from([("format".to_owned(), "pt".to_owned())]);
    write(
        &path,
        tensors.iter().map(|(n, d, s, v)| (n, *d, s, v)),
        &metadata,
    )
    .unwrap();
    let valid = fs::read(&path).unwrap();

    for length in 0..valid.len() {
        assert!(
            TensorFile::from_bytes(&valid[..length]).is_err(),
            "cut to {length}"
        );
    }
    assert!(TensorFile::from_bytes([&valid[..], &[0]].concat()).is_err());

    // What is accepted, the reference implementation reads alike.
    let read_all = |bytes: Vec<u8>| {
        if let Ok(file) = TensorFile::from_bytes(bytes.clone()) {
            let theirs = ::safetensors::SafeTensors::deserialize(&bytes).unwrap();
            assert_eq!(theirs.len(), file.len());
            let (_, header) = ::safetensors::SafeTensors::read_metadata(&bytes).unwrap();
            let metadata = header.metadata().clone().unwrap_or_default();
            assert_eq!(
                &metadata.into_iter().collect::<BTreeMap<_, _>>(),
                file.metadata()
            );
            for tensor in file.iter() {
                let their = theirs.tensor(tensor.name).unwrap();
                assert_eq!(their.dtype().to_string(), tensor.dtype.name());
                assert_eq!((their.shape(), their.data()), (tensor.shape, tensor.bytes));
                assert_eq!(
                    tensor.shape.iter().product::<usize>() * tensor.dtype.bitsize(),
                    tensor.bytes.len() * 8
                );
                let _ = tensor.to_vec::<f32>();
            }
        }
    };
    for place in 0..valid.len() {
        for byte in 0..=u8::MAX {
            let mut bytes = valid.clone();
            bytes[place] = byte;
            read_all(bytes);
        }
    }
    // Several places at once, by a generator that is the same everywhere (Knuth's MMIX constants).
    let mut state = 1u64;
    let mut next = |below: usize| {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (state >> 33) as usize % below
    };
    for _ in 0..20_000 {
        let mut bytes = valid.clone();
        for _ in 0..next(6) + 1 {
            let place = next(bytes.len());
            match next(4) {
                0 => bytes[place] = b"0123456789[]{},:\"- "[next(19)],
                1 => drop(bytes.remove(place)),
                2 => bytes.insert(place, next(256) as u8),
                _ => bytes[place] = next(256) as u8,
            }
        }
        read_all(bytes);
    }
}

/// All types, and names of all kinds, as the reference implementation writes them.
#[test]
fn files_of_the_reference_implementation() {
    let dtypes = [
        (::safetensors::Dtype::F64, Dtype::F64),
        (::safetensors::Dtype::BF16, Dtype::BF16),
        (::safetensors::Dtype::BOOL, Dtype::BOOL),
        (::safetensors::Dtype::F8_E4M3FNUZ, Dtype::F8_E4M3FNUZ),
        (::safetensors::Dtype::F6_E2M3, Dtype::F6_E2M3),
        (::safetensors::Dtype::F4, Dtype::F4),
        (::safetensors::Dtype::C64, Dtype::C64),
    ];
    let numbers: Vec<u8> = (0..=255).collect();
    let tensors = dtypes.map(|(theirs, ours)| {
        assert_eq!(
            (theirs.to_string(), theirs.bitsize()),
            (ours.to_string(), ours.bitsize())
        );
        let data = &numbers[..3 * 8 * ours.bitsize() / 8];
        let view = ::safetensors::tensor::TensorView::new(theirs, vec![3, 1, 8], data).unwrap();
        (format!("größe \"{ours}\" \n\u{1} 𝄞"), view)
    });
    let metadata = [("format \\".to_owned(), "\t\"pt\"".to_owned())];
    let bytes = ::safetensors::serialize(tensors.clone(), Some(metadata.clone().into())).unwrap();
    let file = TensorFile::from_bytes(bytes).unwrap();
    assert_eq!(file.metadata(), &BTreeMap::from(metadata));
    assert_eq!(file.len(), tensors.len());
    for (name, view) in &tensors {
        let tensor = file.get(name).unwrap();
        assert_eq!((tensor.shape, tensor.bytes), (view.shape(), view.data()));
    }
}

/// Every file PyTorch wrote for the tests of this project opens, converts, and is in order.
#[test]
fn reference_files() {
    let reference = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/reference");
    if !reference.is_dir() {
        println!("skipped: {} is not there", reference.display());
        return;
    }
    let mut files = 0;
    for folder in ["models", "modules", "optim"] {
        for entry in fs::read_dir(reference.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path
                .extension()
                .is_none_or(|extension| extension != "safetensors")
            {
                continue;
            }
            files += 1;
            let file = TensorFile::open(&path).unwrap();
            for tensor in file.iter() {
                let values = tensor.to_vec::<f64>().unwrap();
                assert_eq!(values.len(), tensor.shape.iter().product::<usize>());
                // Results are stored twice, rounded once.
                if let Some(exact) = file.get(&format!("f64.{}", tensor.name)) {
                    let rounded: Vec<u32> = exact
                        .to_vec::<f64>()
                        .unwrap()
                        .iter()
                        .map(|&x| (x as f32).to_bits())
                        .collect();
                    let stored: Vec<u32> = values.iter().map(|&x| (x as f32).to_bits()).collect();
                    assert_eq!(rounded, stored, "{} {}", path.display(), tensor.name);
                }
            }
        }
    }
    assert!(files > 400, "{files}");

    let lenet = TensorFile::open(reference.join("models/lenet.state_dict.safetensors")).unwrap();
    for tensor in lenet.iter() {
        assert_eq!(tensor.dtype, Dtype::F32, "{}", tensor.name);
    }
    println!(
        "{files} files; lenet: {:?} {:?}",
        lenet.names().collect::<Vec<_>>(),
        lenet.metadata()
    );
}

#[test]
fn files_of_torch_save() {
    let zip = b"PK\x03\x04\x00\x00\x08\x08archive/data.pkl".to_vec();
    let pickle = b"\x80\x02}q\x00(X\x06\x00\x00\x00weightq\x01".to_vec();
    for bytes in [zip, pickle] {
        let told = TensorFile::from_bytes(bytes).unwrap_err().to_string();
        assert!(told.contains("PyTorch's own format"), "{told}");
        assert!(told.contains("safetensors.torch.save_file("), "{told}");
    }
}
