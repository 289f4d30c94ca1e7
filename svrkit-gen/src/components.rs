//! Strongly connected components: which nodes of a graph reach one another.
//!
//! Tarjan's algorithm without recursion, as how long a way is the files decide. `load` asks it for circles of imports,
//! `model` for messages that contain themselves.

/// For each node the number of its component. A component's number is greater than those it has edges to.
pub(crate) fn components(edges: &[Vec<usize>]) -> Vec<usize> {
    const NEVER: usize = usize::MAX;
    let mut order = vec![NEVER; edges.len()];
    let mut lowest = vec![NEVER; edges.len()];
    let mut component = vec![NEVER; edges.len()];
    let mut open = Vec::new();
    let mut visited = 0;
    let mut closed = 0;
    for root in 0..edges.len() {
        if order[root] != NEVER {
            continue;
        }
        // Nodes on the way from the root, and how many of their edges were followed.
        let mut way = vec![(root, 0)];
        while let Some((node, followed)) = way.last_mut() {
            let node = *node;
            if *followed == 0 {
                order[node] = visited;
                lowest[node] = visited;
                visited += 1;
                open.push(node);
            }
            if let Some(next) = edges[node].get(*followed).copied() {
                *followed += 1;
                if order[next] == NEVER {
                    way.push((next, 0));
                } else if component[next] == NEVER {
                    lowest[node] = lowest[node].min(order[next]);
                }
                continue;
            }
            way.pop();
            if let Some((parent, _)) = way.last() {
                lowest[*parent] = lowest[*parent].min(lowest[node]);
            }
            if lowest[node] == order[node] {
                while let Some(member) = open.pop() {
                    component[member] = closed;
                    if member == node {
                        break;
                    }
                }
                closed += 1;
            }
        }
    }
    component
}

#[cfg(test)]
mod tests {
    use super::components;

    #[track_caller]
    fn check(edges: &[&[usize]], together: &[(usize, usize)]) {
        let edges: Vec<Vec<usize>> = edges.iter().map(|targets| targets.to_vec()).collect();
        let component = components(&edges);
        for from in 0..edges.len() {
            for to in 0..edges.len() {
                let expected = from == to || together.contains(&(from, to)) || together.contains(&(to, from));
                assert_eq!(component[from] == component[to], expected, "{from} {to}");
            }
        }
    }

    #[test]
    fn messages_are_together_when_each_reaches_the_other() {
        check(&[&[]], &[]);
        check(&[&[1], &[2], &[]], &[]);
        check(&[&[1], &[0]], &[(0, 1)]);
        check(&[&[1], &[2], &[0, 3], &[4], &[3]], &[(0, 1), (0, 2), (1, 2), (3, 4)]);
        check(&[&[1, 2], &[3], &[3], &[]], &[]);
    }

    #[test]
    fn a_long_chain_takes_no_stack() {
        let len = 200_000;
        let edges: Vec<Vec<usize>> = (0..len).map(|at| vec![(at + 1) % len]).collect();
        assert!(components(&edges).iter().all(|component| *component == 0));
    }
}
