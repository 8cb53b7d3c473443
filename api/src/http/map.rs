//! `GET /maps/{id}.svg`: the picture of a community's network, as one viewer may see it. The address is made by
//! `community.map` and signed; the log has no query string, and so not the signature.
//!
//! Where members stand is d3-force's doing: ties pull, members push one another away, so that those who know one another
//! come to stand together. Nothing in the picture runs or is loaded from elsewhere.

use actix_web::{HttpResponse, web};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::community::{Map, MapAddress, fetch_map};
use domain::ctx::{Ctx, Timestamp, Viewer};
use domain::id::{CommunityId, MemberId};
use fjadra::{Collide, Link, ManyBody, Node, PositionX, PositionY, SimulationBuilder};
use maud::{Markup, PreEscaped, html};
use serde::Deserialize;
use uuid::Uuid;

use crate::State;

/// What follows the question mark.
#[derive(Deserialize)]
pub(super) struct Signed {
    viewer: String,
    until: i64,
    signature: String,
}

/// The path and query of an address.
pub(crate) fn path(address: &MapAddress) -> String {
    let [id, viewer] = [address.community.0, address.viewer.0].map(|id| BASE64_URL_SAFE_NO_PAD.encode(id));
    format!("/maps/{id}.svg?viewer={viewer}&until={}&signature={}", address.until.0, address.signature)
}

fn uuid(text: &str) -> Uuid {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
    Uuid::from_slice(&bytes).unwrap_or_default()
}

/// The picture, or 404 whatever the reason, also where the signature is missing.
pub(super) async fn get(
    id: web::Path<String>,
    signed: Option<web::Query<Signed>>,
    state: web::Data<State>,
) -> HttpResponse {
    let Some(signed) = signed else { return not_found() };
    let Signed { viewer, until, signature } = signed.into_inner();
    let (community, viewer) = (CommunityId(uuid(&id)), MemberId(uuid(&viewer)));
    let address = MapAddress { community, viewer, until: Timestamp(until), signature };
    let map = match fetch_map(&Ctx::new(&state.kith, Viewer::Anonymous), &address).await {
        Ok(Some(map)) => map,
        Ok(None) => return not_found(),
        Err(error) => {
            tracing::error!(?error, "a map cannot be made");
            return HttpResponse::ServiceUnavailable().insert_header(("Retry-After", "2")).finish();
        }
    };
    match web::block(move || picture(&map).into_string()).await {
        Ok(svg) => HttpResponse::Ok()
            .content_type("image/svg+xml")
            .insert_header(("Cache-Control", "no-store"))
            .insert_header(("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"))
            .insert_header(("X-Content-Type-Options", "nosniff"))
            .body(svg),
        Err(_) => HttpResponse::ServiceUnavailable().insert_header(("Retry-After", "2")).finish(),
    }
}

fn not_found() -> HttpResponse {
    HttpResponse::NotFound().insert_header(("Cache-Control", "no-store")).finish()
}

/// Half the side of the picture.
const HALF: f64 = 500.0;
/// What is left free around the members.
const MARGIN: f64 = 60.0;
/// Up to so many members all have their name beside them; of more, those nearest to the viewer.
const NAMED: usize = 60;

/// Where each member stands, the picture's middle at 0.
fn places(map: &Map) -> Vec<[f64; 2]> {
    let mut simulation = SimulationBuilder::default()
        .build(map.nodes.iter().map(|_| Node::default()))
        .add_force("tie", Link::new(map.ties.iter().copied()))
        .add_force("apart", ManyBody::new())
        .add_force("no overlap", Collide::new().radius(|_| 8.0))
        .add_force("x", PositionX::new().strength(0.05))
        .add_force("y", PositionY::new().strength(0.05));
    simulation.tick(300);
    let places: Vec<[f64; 2]> = simulation.positions().collect();
    let widest = places.iter().flatten().fold(1.0_f64, |widest, at| widest.max(at.abs()));
    let scale = (HALF - MARGIN) / widest;
    places.into_iter().map(|[x, y]| [x * scale, y * scale]).collect()
}

fn picture(map: &Map) -> Markup {
    let places = places(map);
    let named = |at: usize| map.nodes.len() <= NAMED || (map.nodes[at].distance <= 1 && at < NAMED);
    let figure = |at: f64| format!("{at:.1}");
    html! {
        (PreEscaped("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"))
        svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label=(map.name)
            viewBox={ (-HALF) " " (-HALF) " " (2.0 * HALF) " " (2.0 * HALF) } {
            title { (map.name) }
            style { (PreEscaped("line{stroke:#9bb8b1}circle{fill:#5f8f84}circle.d0{fill:#c2481f}circle.d1{fill:#0b5d4e}text{font:14px system-ui,sans-serif;fill:#1b1b1b}")) }
            @for (a, b) in &map.ties {
                line x1=(figure(places[*a][0])) y1=(figure(places[*a][1]))
                    x2=(figure(places[*b][0])) y2=(figure(places[*b][1])) {}
            }
            @for (at, node) in map.nodes.iter().enumerate() {
                g {
                    circle class={ "d" (node.distance.min(3)) } r="6"
                        cx=(figure(places[at][0])) cy=(figure(places[at][1])) { title { (node.name) } }
                    @if named(at) {
                        text x=(figure(places[at][0] + 9.0)) y=(figure(places[at][1] + 5.0)) { (node.name) }
                    }
                }
            }
            @if map.left_out > 0 {
                text x=(figure(MARGIN - HALF)) y=(figure(HALF - 20.0)) { "+ " (map.left_out) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::community::MapNode;

    use super::*;

    fn map(names: &[&str], ties: &[(usize, usize)]) -> Map {
        let node = |(at, name): (usize, &&str)| MapNode { name: (*name).to_owned(), distance: at.min(3) as u8 };
        Map {
            name: "The choir".to_owned(),
            nodes: names.iter().enumerate().map(node).collect(),
            ties: ties.to_vec(),
            left_out: 0,
        }
    }

    #[test]
    fn a_picture_has_a_line_a_tie_and_escapes_names() {
        let svg = picture(&map(&["Ana", "B<script>&\"", "Cleo"], &[(0, 1), (1, 2)])).into_string();
        assert_eq!(svg.matches("<line ").count(), 2);
        assert_eq!(svg.matches("<circle ").count(), 3);
        assert!(svg.contains("B&lt;script&gt;&amp;") && !svg.contains("<script"), "{svg}");
    }

    #[test]
    fn everybody_stands_within_the_picture_and_the_same_map_looks_the_same() {
        let names: Vec<String> = (0..120).map(|number| format!("m{number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let ties: Vec<(usize, usize)> = (1..120).map(|at| (at / 3, at)).collect();
        for map in [map(&names, &ties), map(&["alone"], &[]), map(&[], &[])] {
            let drawn = places(&map);
            assert_eq!(drawn.len(), map.nodes.len());
            assert!(drawn.iter().flatten().all(|at| at.is_finite() && at.abs() <= HALF), "{drawn:?}");
            assert_eq!(drawn, places(&map));
        }
    }
}
