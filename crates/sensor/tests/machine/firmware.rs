//! Firmware of a machine that trusts a certificate: the kernel takes those of the variable `db` into its keyring of the platform.
//!
//! The store of variables is written as the firmware keeps it, so that nothing needs to be enrolled: UEFI 2.10, 32.4 (signature lists), and EDK II,
//! `MdeModulePkg/Include/Guid/VariableFormat.h` (the store).

use std::fs;
use std::path::Path;

/// Debian's OVMF, and its store without any variable
pub(crate) const CODE: &str = "/usr/share/OVMF/OVMF_CODE_4M.fd";
const EMPTY_STORE: &str = "/usr/share/OVMF/OVMF_VARS_4M.fd";
/// Bytes of the heads of the volume and of the store; what follows is variables
const HEADS: usize = 100;
/// It stays, and is there for the firmware and for the kernel; whoever changes it must be authorised
const ATTRIBUTES: u32 = 0x27;
const TRUSTED_BY_FIRMWARE: [u8; 16] = guid(0xd719_b2cb_3d3a_4596_a3bc_dad0_0e67_656f);
const CERTIFICATE: [u8; 16] = guid(0xa5c0_59a1_94e4_4aa7_87b5_ab15_5c2b_f072);

/// Options of QEMU for this firmware; its store is made in the folder.
pub(crate) fn options(certificate: &Path, folder: &Path) -> Vec<String> {
    let mut store = fs::read(EMPTY_STORE).expect("a store");
    let variable = trusting(&fs::read(certificate).expect("a certificate"));
    let place = store.get_mut(HEADS..HEADS + variable.len()).expect("room");
    assert!(place.iter().all(|byte| *byte == 0xff), "the store is empty");
    place.copy_from_slice(&variable);
    let own = folder.join("firmware");
    fs::write(&own, store).expect("it is written");
    let flash = |unit, options: &str| {
        [
            "-drive".to_owned(),
            format!("if=pflash,format=raw,unit={unit},{options}"),
        ]
    };
    let code = flash(0, &format!("readonly=on,file={CODE}"));
    let store = flash(1, &format!("file={}", own.display()));
    let without_network = ["-net", "none"].map(str::to_owned);
    [code, store, without_network].concat()
}

/// The variable `db` with one certificate
fn trusting(certificate: &[u8]) -> Vec<u8> {
    let name: Vec<u8> = "db\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let size = |bytes: usize| u32::try_from(bytes).expect("a size").to_le_bytes();
    let entry = 16 + certificate.len();
    let list = [
        &CERTIFICATE[..],
        &size(28 + entry),
        &size(0),
        &size(entry),
        // Who says so: nobody asks
        &[0; 16],
        certificate,
    ]
    .concat();
    [
        // It begins, and is whole
        &[0xaa, 0x55, 0x3f, 0][..],
        &ATTRIBUTES.to_le_bytes(),
        // How often and when it was changed, and by which key
        &[0; 28],
        &size(name.len()),
        &size(list.len()),
        &TRUSTED_BY_FIRMWARE,
        &name,
        &list,
    ]
    .concat()
}

/// As it is kept: the first three of its parts begin with their lowest byte
const fn guid(number: u128) -> [u8; 16] {
    let [a, b, c, d, e, f, g, h, rest @ ..] = number.to_be_bytes();
    let [i, j, k, l, m, n, o, p] = rest;
    [d, c, b, a, f, e, h, g, i, j, k, l, m, n, o, p]
}
