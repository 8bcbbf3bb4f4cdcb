// Cosigned judges a checkpoint with golang.org/x/mod/sumdb/note and github.com/transparency-dev/formats/note, which
// share nothing with the project.
//
//	cosigned FILE LOGVKEY [WITNESSVKEY…]
//
// It prints, as JSON, the POSIX time of each witness's cosignature/v1 by its key name. It refuses a checkpoint that the
// log has not signed, and one that bears a signature of a named key that does not verify. Exit 0 accepted, 1 refused.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	cosignature "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: cosigned FILE LOGVKEY [WITNESSVKEY...]")
		os.Exit(2)
	}
	times, err := judge(os.Args[1], os.Args[2], os.Args[3:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "cosigned refuses", os.Args[1]+":", err)
		os.Exit(1)
	}
	json.NewEncoder(os.Stdout).Encode(times)
}

func judge(path, logKey string, witnessKeys []string) (map[string]int64, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	log, err := note.NewVerifier(logKey)
	if err != nil {
		return nil, err
	}
	known := []note.Verifier{log}
	for _, key := range witnessKeys {
		witness, err := cosignature.NewVerifierForCosignatureV1(key)
		if err != nil {
			return nil, err
		}
		known = append(known, witness)
	}
	opened, err := note.Open(data, note.VerifierList(known...))
	if err != nil {
		return nil, err
	}
	times, isSigned := map[string]int64{}, false
	for _, signature := range opened.Sigs {
		if signature.Name == log.Name() && signature.Hash == log.KeyHash() {
			isSigned = true
			continue
		}
		at, err := cosignature.CoSigV1Timestamp(signature)
		if err != nil {
			return nil, err
		}
		times[signature.Name] = at.Unix()
	}
	if !isSigned {
		return nil, errors.New("the log has not signed it")
	}
	return times, nil
}
