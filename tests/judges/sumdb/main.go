// Sumdb judges a published folder with golang.org/x/mod/sumdb, which shares nothing with the project.
//
//	sumdb [-indexes 0,5] FOLDER [SIZE…]
//
// It checks the checkpoint's signature by the folder's own log.vkey, the hash and the inclusion of every entry (or of
// those named), and the consistency of every pair of the sizes given and the checkpoint's. It prints what it found as
// JSON: hashes are hex, proofs run from leaf to root (RFC 6962). It judges neither envelopes nor documents.
// Exit 0 accepted, 1 refused.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

// A verdict is what the judge prints of a log that it accepts.
type verdict struct {
	Origin      string              `json:"origin"`
	Size        int64               `json:"size"`
	Roots       map[int64]string    `json:"roots"`       // by size
	Inclusion   map[int64][]string  `json:"inclusion"`   // by index, in the checkpoint's tree
	Consistency map[string][]string `json:"consistency"` // by "older-newer"
}

func main() {
	indexes := flag.String("indexes", "", "entries whose inclusion is checked, with commas between; all where it is not given")
	flag.Parse()
	if flag.NArg() < 1 {
		flag.Usage()
		os.Exit(2)
	}
	found, err := judge(flag.Arg(0), *indexes, flag.Args()[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "sumdb refuses", flag.Arg(0)+":", err)
		os.Exit(1)
	}
	json.NewEncoder(os.Stdout).Encode(found)
}

func judge(folder, indexes string, sizes []string) (*verdict, error) {
	origin, tree, err := readCheckpoint(folder)
	if err != nil {
		return nil, err
	}
	found := &verdict{origin, tree.N, map[int64]string{}, map[int64][]string{}, map[string][]string{}}
	hashes := tlog.TileHashReader(tree, &tiles{folder: folder, read: map[string][]byte{}})
	wanted, err := parseNumbers(indexes, tree.N)
	if err != nil {
		return nil, err
	}
	if err := checkInclusion(folder, tree, hashes, wanted, found); err != nil {
		return nil, err
	}
	older, err := parseNumbers(strings.Join(sizes, ","), 0)
	if err != nil {
		return nil, err
	}
	if err := checkConsistency(tree, hashes, append(older, tree.N), found); err != nil {
		return nil, err
	}
	return found, nil
}

// readCheckpoint opens the signed note (C2SP tlog-checkpoint: origin, size, root and nothing else).
func readCheckpoint(folder string) (string, tlog.Tree, error) {
	var tree tlog.Tree
	key, err := os.ReadFile(filepath.Join(folder, "log.vkey"))
	if err != nil {
		return "", tree, err
	}
	verifier, err := note.NewVerifier(strings.TrimSuffix(string(key), "\n"))
	if err != nil {
		return "", tree, fmt.Errorf("log.vkey: %w", err)
	}
	signed, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	if err != nil {
		return "", tree, err
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return "", tree, fmt.Errorf("checkpoint: %w", err)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return "", tree, errors.New("checkpoint: not three lines")
	}
	if lines[0] != verifier.Name() {
		return "", tree, errors.New("checkpoint: the origin is not the key's name")
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil || tree.N < 0 || strconv.FormatInt(tree.N, 10) != lines[1] {
		return "", tree, errors.New("checkpoint: the size is no decimal number")
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return "", tree, errors.New("checkpoint: the root is no hash in base64")
	}
	copy(tree.Hash[:], root)
	return lines[0], tree, nil
}

// checkInclusion proves that the entries as they lie in the bundles are the leaves that the checkpoint commits to.
func checkInclusion(folder string, tree tlog.Tree, hashes tlog.HashReader, indexes []int64, found *verdict) error {
	bundles := map[int64][][]byte{}
	for _, index := range indexes {
		if index >= tree.N {
			return fmt.Errorf("entry %d: the checkpoint covers %d", index, tree.N)
		}
		number := index >> tileHeight
		if bundles[number] == nil {
			bundle, err := readBundle(folder, number, tree.N)
			if err != nil {
				return err
			}
			bundles[number] = bundle
		}
		leaf := tlog.RecordHash(bundles[number][index&(1<<tileHeight-1)])
		proof, err := tlog.ProveRecord(tree.N, index, hashes)
		if err != nil {
			return fmt.Errorf("entry %d: %w", index, err)
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, leaf); err != nil {
			return fmt.Errorf("entry %d: %w", index, err)
		}
		found.Inclusion[index] = toHex(proof)
	}
	return nil
}

// checkConsistency proves each smaller tree to be a prefix of each larger one.
func checkConsistency(tree tlog.Tree, hashes tlog.HashReader, sizes []int64, found *verdict) error {
	slices.Sort(sizes)
	sizes = slices.Compact(sizes)
	roots := map[int64]tlog.Hash{tree.N: tree.Hash}
	for _, size := range sizes {
		if size > tree.N {
			return fmt.Errorf("size %d: the checkpoint covers %d", size, tree.N)
		}
		if size < tree.N {
			root, err := tlog.TreeHash(size, hashes)
			if err != nil {
				return fmt.Errorf("size %d: %w", size, err)
			}
			roots[size] = root
		}
		found.Roots[size] = hex.EncodeToString(hashBytes(roots[size]))
	}
	for i, older := range sizes {
		for _, newer := range sizes[i+1:] {
			if older == 0 {
				continue // The empty tree is a prefix of every other: there is no proof of it.
			}
			proof, err := tlog.ProveTree(newer, older, hashes)
			if err != nil {
				return fmt.Errorf("sizes %d and %d: %w", older, newer, err)
			}
			if err := tlog.CheckTree(proof, newer, roots[newer], older, roots[older]); err != nil {
				return fmt.Errorf("sizes %d and %d: %w", older, newer, err)
			}
			found.Consistency[fmt.Sprintf("%d-%d", older, newer)] = toHex(proof)
		}
	}
	return nil
}

// readBundle takes the entries of one bundle apart (C2SP tlog-tiles: a big-endian uint16 length before each).
func readBundle(folder string, number, size int64) ([][]byte, error) {
	width := min(size-number<<tileHeight, 1<<tileHeight)
	path := tilePath(tlog.Tile{H: tileHeight, L: -1, N: number, W: int(width)})
	data, err := os.ReadFile(filepath.Join(folder, path))
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			return nil, fmt.Errorf("%s: cut short in entry %d", path, len(entries))
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		entries = append(entries, data[2:end])
		data = data[end:]
	}
	if int64(len(entries)) != width {
		return nil, fmt.Errorf("%s: %d entries instead of %d", path, len(entries), width)
	}
	return entries, nil
}

// tiles reads hash tiles from a folder and keeps each; TileHashReader checks them against the root at every use.
type tiles struct {
	folder string
	read   map[string][]byte
}

func (t *tiles) Height() int { return tileHeight }

func (t *tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (t *tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var contents [][]byte
	for _, tile := range wanted {
		path := tilePath(tile)
		if t.read[path] == nil {
			data, err := os.ReadFile(filepath.Join(t.folder, path))
			if err != nil {
				return nil, err
			}
			t.read[path] = data
		}
		contents = append(contents, t.read[path])
	}
	return contents, nil
}

// tilePath is the path of C2SP tlog-tiles: that of the checksum database without the height, "entries" for "data".
func tilePath(tile tlog.Tile) string {
	path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight), "tile/", 1)
	return strings.Replace(path, "tile/data/", "tile/entries/", 1)
}

// parseNumbers reads numbers with commas between; nothing stands for all below the limit.
func parseNumbers(text string, limit int64) ([]int64, error) {
	var numbers []int64
	if text == "" {
		for number := int64(0); number < limit; number++ {
			numbers = append(numbers, number)
		}
		return numbers, nil
	}
	for _, part := range strings.Split(text, ",") {
		number, err := strconv.ParseInt(part, 10, 64)
		if err != nil || number < 0 {
			return nil, fmt.Errorf("%q is no index or size", part)
		}
		numbers = append(numbers, number)
	}
	return numbers, nil
}

func toHex(proof []tlog.Hash) []string {
	written := []string{}
	for _, hash := range proof {
		written = append(written, hex.EncodeToString(hashBytes(hash)))
	}
	return written
}

func hashBytes(hash tlog.Hash) []byte { return hash[:] }
