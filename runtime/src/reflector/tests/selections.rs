//! A reflector that is asked for another part of the objects while it runs.

use tokio::sync::watch;

use super::*;

/// The numbers of the selections that were listed.
type Numbers = Arc<Mutex<Vec<u64>>>;

/// The part of this number.
fn part(number: u64) -> Selection {
    Selection { number, shard_selector: Some(Arc::from(format!("part {number}"))) }
}

/// A reflector that follows a selection, and the numbers of those that it has listed.
fn following(list_watch: impl ListWatch<Database>) -> (watch::Sender<Selection>, Log, Numbers, JoinHandle<()>) {
    let (sender, wanted) = watch::channel(part(1));
    let (log, numbers) = (Log::default(), Numbers::default());
    let noted = Arc::clone(&numbers);
    let following = Following { wanted, listed: Box::new(move |number| noted.lock().unwrap().push(number)) };
    let reflector = Reflector::new(Arc::new(list_watch), log.clone(), ReflectorConfig::default());
    let task = tokio::spawn(reflector.following(Some(following)).run(CancellationToken::new()));
    (sender, log, numbers, task)
}

#[tokio::test(start_paused = true)]
async fn another_selection_ends_the_watch_and_is_listed_and_watched() {
    let (list_watch, mut server) = source();
    let (wanted, log, numbers, _task) = following(list_watch);
    let list = server.list_of(vec![database("a", "1")], "10").await;
    assert_eq!(list.shard_selector.as_deref(), Some("part 1"));
    let (options, watch) = server.watch().await;
    assert_eq!(options.shard_selector.as_deref(), Some("part 1"));
    wanted.send_replace(part(2));
    watch.closed().await;
    assert_eq!(*numbers.lock().unwrap(), [1], "it has not listed the other part yet");
    let list = server.list_of(vec![database("b", "2")], "11").await;
    assert_eq!((list.shard_selector.as_deref(), list.resource_version.as_deref()), (Some("part 2"), Some("10")));
    let (options, _watch) = server.watch().await;
    assert_eq!((options.shard_selector.as_deref(), options.resource_version.as_str()), (Some("part 2"), "11"));
    assert_eq!(*numbers.lock().unwrap(), [1, 2]);
    assert_eq!(log.take(), ["list a at 10", "list b at 11"]);
}

#[tokio::test(start_paused = true)]
async fn a_list_of_a_selection_that_is_not_wanted_any_more_is_given_up() {
    let (list_watch, mut server) = source();
    let (wanted, log, numbers, _task) = following(list_watch);
    let Call::List(_, answer) = server.call().await else { panic!("a list comes first") };
    wanted.send_replace(part(2));
    // Several at once lead to one list.
    tokio::time::sleep(Duration::from_millis(100)).await;
    wanted.send_replace(part(3));
    let list = server.list_of(vec![database("b", "2")], "11").await;
    assert_eq!(list.shard_selector.as_deref(), Some("part 3"));
    assert!(answer.is_closed(), "nobody waits for the first list");
    server.watch().await;
    assert_eq!((log.take(), numbers.lock().unwrap().clone()), (vec!["list b at 11".to_owned()], vec![3]));
}

#[tokio::test(start_paused = true)]
async fn a_selection_that_nobody_can_change_any_more_is_kept() {
    let (list_watch, mut server) = source();
    let (wanted, _, _, task) = following(list_watch);
    server.list_of(vec![], "10").await;
    let (_, watch) = server.watch().await;
    drop(wanted);
    watch.send(Event::Added(Ok(database("a", "11").into())));
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(!task.is_finished());
    drop(watch);
    let (options, _watch) = server.watch().await;
    assert_eq!(options.shard_selector.as_deref(), Some("part 1"));
}

#[tokio::test(start_paused = true)]
async fn after_silence_the_server_is_asked_for_its_version_by_an_object_of_the_same_part() {
    let (list_watch, mut server) = source();
    let (_wanted, _, _, _task) = following(list_watch);
    server.list_of(vec![], "10").await;
    let (_, _watch) = server.watch().await;
    let list = server.list_of(vec![], "10").await;
    assert_eq!((list.shard_selector.as_deref(), list.limit), (Some("part 1"), Some(1)));
}
