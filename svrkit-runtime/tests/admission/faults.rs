//! The table of faults in `docs/protection.md`: the tests that it names are there.

use std::fs;

#[test]
fn every_test_that_the_table_of_faults_names_is_where_it_says() {
    let document = fs::read_to_string("../docs/protection.md").unwrap();
    let (_, section) = document.split_once("## Faults that others have had").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let mut seen = 0;
    for cell in section.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").nth(1)) {
        // Names, and behind them the file that they are in.
        let mut names = Vec::new();
        for word in cell.split('`').skip(1).step_by(2) {
            let Some(file) = word.strip_suffix(".rs") else {
                names.push(word);
                continue;
            };
            let file = if file.starts_with("tests/") { file.into() } else { format!("src/{file}") };
            let source = fs::read_to_string(format!("{file}.rs")).unwrap();
            for name in names.drain(..) {
                assert!(source.contains(&format!("fn {name}()")), "{name} is not in {file}.rs");
                seen += 1;
            }
        }
        assert!(names.is_empty(), "of which file: {names:?}");
    }
    assert!(seen >= 12, "only {seen} were found");
}
